import { isCrosswalkError } from '@crosswalk/sdk'
import { detailedClient, type HaloClientDetails } from './halo-answers.ts'
import type { HaloConnection } from './halo-connection.ts'

/** As many as HaloPSA is asked for at the same time. */
const clientsAtOnce = 4

/** What lists of clients leave out, by the id of the client: a request for each. One that is gone meanwhile is left out. */
export async function detailsOf(connection: HaloConnection, ids: readonly string[]): Promise<Map<string, HaloClientDetails>> {
  const http = await connection.http()
  const read = async (id: string): Promise<[string, HaloClientDetails][]> => {
    try {
      const found = await http.get(`/api/Client/${id}`, { query: { includedetails: true }, schema: detailedClient })
      return found.id === id ? [[id, found]] : []
    } catch (error) {
      if (isCrosswalkError(error, 'vendor_error') && error.details.kind === 'not_found') return []
      throw error
    }
  }
  const details = new Map<string, HaloClientDetails>()
  for (let start = 0; start < ids.length; start += clientsAtOnce) {
    const group = await Promise.all(ids.slice(start, start + clientsAtOnce).map(read))
    for (const [id, found] of group.flat()) details.set(id, found)
  }
  return details
}
