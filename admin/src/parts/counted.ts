/** So many organizations, in words: 1 organization, 1,200 organizations. */
export function countedOrganizations(count: number): string {
  return count === 1 ? '1 organization' : `${count.toLocaleString()} organizations`
}
