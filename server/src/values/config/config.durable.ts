import { z } from 'zod'
import { defineRequest, type HostRequest } from '../../engine/state/requests.ts'
import { valueKey } from '../value-scope.ts'
import { resolveConfig } from './config.ts'

/** What author code may ask about config: `{ value }` that applies to its organization, or null where none is set. */
export const configRequests: HostRequest[] = [
  defineRequest({
    name: 'getConfig',
    isRecorded: false,
    args: z.strictObject({ key: valueKey }),
    async handle({ db, execution }, { key }) {
      return (await resolveConfig(db, execution.organizationId, key)) ?? null
    },
  }),
]
