import { getDeviceRequest, listDevices } from '@crosswalk/client'
import { queryOptions } from '@tanstack/react-query'

export const devicesKey = ['devices'] as const

/** The command lines that one let in. */
export const ownDevices = queryOptions({ queryKey: devicesKey, queryFn: async ({ signal }) => (await listDevices({ signal })).devices })

/** The command line that waits under a code. Asked once: each question counts as an attempt. */
export const deviceRequest = (code: string) =>
  queryOptions({
    queryKey: [...devicesKey, 'request', code],
    queryFn: ({ signal }) => getDeviceRequest(code, { signal }),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
