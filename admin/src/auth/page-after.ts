import { paths } from '../paths.ts'

/** Only a page of this interface: an address from elsewhere is not followed. */
export function pageAfter(next: string): string {
  return /^\/(?![/\\])/.test(next) && !next.startsWith(paths.signIn()) ? next : paths.dashboard()
}
