import { listConnectionLinks, listConnections } from '@crosswalk/client'
import { queryOptions } from '@tanstack/react-query'
import { everyPage, given } from './every-page.ts'

export const connectionsKey = ['connections'] as const

/** What is connected for an integration, as far as one may see it. */
export const connectionsOf = (integrationName: string) =>
  queryOptions({
    queryKey: [...connectionsKey, integrationName],
    queryFn: async ({ signal }) => {
      const read = (cursor: string | undefined) =>
        listConnections({ integration_name: integrationName, ...given({ limit: 200, cursor }) }, { signal })
      return (await everyPage(read, (page) => page.connections, 2_000)).items
    },
  })

/** Links to connect that somebody may still use, as far as one may see them. */
export const openLinksOf = (integrationName: string) =>
  queryOptions({
    queryKey: [...connectionsKey, integrationName, 'links'],
    queryFn: async ({ signal }) => {
      const read = (cursor: string | undefined) =>
        listConnectionLinks({ integration_name: integrationName, ...given({ limit: 200, cursor }) }, { signal })
      return (await everyPage(read, (page) => page.links, 2_000)).items
    },
  })
