import { createHash } from 'node:crypto'
import type { SealedPlace } from '../sealing.ts'

const prefix = 'crosswalk-'
const maxLength = 127
const digestLength = 32
/** Stands for everybody's, where an organization has its id. */
const everybody = 'global'
const writtenAs: Readonly<Record<string, string>> = { _: '--', '-': '-1', '.': '-2' }
const readAs: Readonly<Record<string, string>> = { '-': '_', '1': '-', '2': '.' }

/** Small letters and digits as they are; what a vault does not take, or takes for something else, behind a hyphen. */
function encode(key: string): string {
  return key.replace(/[^a-z0-9]/g, (character) => writtenAs[character] ?? `-${character.toLowerCase()}`)
}

function decode(text: string): string | undefined {
  if (!/^([a-z0-9]|-[a-z12-])*$/.test(text)) return undefined
  return text.replace(/-(.)/g, (_, character: string) => readAs[character] ?? character.toUpperCase())
}

/**
 * What a secret is called in a vault, where a name has letters, digits and hyphens, at most 127, and capitals do not tell names apart.
 * `halopsa_key` of everybody is `crosswalk-global-halopsa--key`. A key that does not fit ends in `-0` and a digest of it.
 */
export function vaultNameOf({ key, organizationId }: SealedPlace): string {
  const start = `${prefix}${organizationId === null ? everybody : organizationId.replaceAll('-', '')}-`
  const encoded = encode(key)
  if (start.length + encoded.length <= maxLength) return start + encoded
  const digest = createHash('sha256').update(key).digest('hex').slice(0, digestLength)
  const room = maxLength - start.length - digestLength - 2
  // A hyphen at the end would make a pair with the next one, and the name one that stands for another key.
  return `${start}${encoded.slice(0, room).replace(/-+$/, '')}-0${digest}`
}

/**
 * Whose secret a name is of.
 *
 * @returns undefined for a name that is none of ours, and for one that ends in a digest: what it is of stands in its tags
 */
export function placeOfVaultName(name: string): SealedPlace | undefined {
  const [, owner = '', encoded = ''] = /^crosswalk-(global|[0-9a-f]{32})-(.+)$/.exec(name.toLowerCase()) ?? []
  const key = decode(encoded)
  if (owner === '' || key === undefined) return undefined
  const organizationId = owner === everybody ? null : owner.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return { key, organizationId }
}
