import type { Spelling, VendorName } from './customer.ts'
import type { KnownCustomer } from './known-customers.ts'
import { legalForms, withForm } from './legal-forms.ts'
import type { Random } from './random.ts'

/** How a vendor writes a customer, by rule: HaloPSA has it right, the others as people type. */
export function spell(
  { name, form, formerName }: KnownCustomer,
  vendor: VendorName,
  isKnown: boolean,
  random: Random,
): readonly [string, Spelling] {
  const { short, long, others } = legalForms[form]
  if (vendor === 'halopsa') return [withForm(name, short), 'plain']
  // The forty say themselves what is unusual about them.
  const dice = isKnown ? 1 : random.next()
  if (dice < 0.02) return [typingError(name, random), 'typing_error']
  if (dice < 0.04) return [abbreviated(name), 'abbreviation']
  if (dice < 0.08 && formerName) return [formerName, 'former_name']
  if (vendor === 'microsoft_graph') return [withForm(name, long), 'legal_form']
  return random.chance(0.5) ? [name, 'plain'] : [withForm(name, random.pick(others)), 'legal_form']
}

/** Swaps two letters, drops one, or doubles one, never the first. */
export function typingError(name: string, random: Random): string {
  const at = random.whole(1, Math.max(1, name.length - 2))
  const [before, letter, next, after] = [name.slice(0, at), name.charAt(at), name.charAt(at + 1), name.slice(at + 2)]
  return random.pick([`${before}${next}${letter}${after}`, `${before}${next}${after}`, `${before}${letter}${letter}${next}${after}`])
}

/** `Summit Engineering Group` → `SEG`; a name of one word keeps its first letters. */
export function abbreviated(name: string): string {
  const words = name.split(/[^\p{L}]+/u).filter((word) => word.length > 0)
  return words.length > 1 ? words.map((word) => word.charAt(0).toUpperCase()).join('') : name.slice(0, 4)
}
