import type { JsonValue } from '../../protocol/json.ts'
import type { ValueOwner } from '../value-scope.ts'

/** A plain value for author code, readable by who manages it. */
export type Config = { key: string; organizationId: ValueOwner; value: JsonValue; updatedAt: Date; updatedBy: string }

export type ConfigDraft = Pick<Config, 'key' | 'organizationId' | 'value'>
