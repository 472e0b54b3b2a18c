import { Anchor } from '@mantine/core'

/** A page of the vendor's where something is repaired, as an integration names it; nothing for any other kind of address. */
export function RepairLink({ url: given }: { url: unknown }) {
  const url = typeof given === 'string' ? URL.parse(given) : null
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null
  return (
    <Anchor href={url.href} target="_blank" rel="noopener noreferrer" size="sm" className="wrap-anywhere">
      Repair it at {url.host}
    </Anchor>
  )
}
