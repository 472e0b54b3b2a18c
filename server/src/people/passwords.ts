import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineErrors } from '../platform/errors.ts'

export const minPasswordLength = 12
/** What is longer would cost more to check than it adds. */
export const maxPasswordLength = 200

export const passwordError = defineErrors({
  password_too_weak: {
    status: 422,
    message: 'This password is too easy to guess. Choose a longer one, of several words that do not belong together.',
  },
})

/**
 * The 6000 most frequent passwords of at least 12 characters, in lower case and sorted, from Mark Burnett's list of ten million, which is
 * in the public domain. Shorter ones are refused by their length.
 */
const knownPasswordsFile = fileURLToPath(new URL('./known-passwords.txt', import.meta.url))
let known: ReadonlySet<string> | undefined

function knownPasswords(): ReadonlySet<string> {
  known ??= new Set(readFileSync(knownPasswordsFile, 'utf8').split('\n').filter(Boolean))
  return known
}

/** At least so many characters must be left without the words that everyone knows of the person. */
const minOwnCharacters = 8
const minDifferentCharacters = 5

/**
 * Holds a new password against what is guessed first: known passwords, few different characters, the person's own name and address.
 *
 * @throws password_too_weak - the sentence says why.
 */
export function requireGoodPassword(password: string, person: { email: string; name: string }): void {
  const refuse = (sentence: string) => {
    throw passwordError('password_too_weak', {}, `${sentence} Choose a longer one, of several words that do not belong together.`)
  }
  if (password.length < minPasswordLength) refuse(`A password needs at least ${minPasswordLength} characters.`)
  if (password.length > maxPasswordLength)
    throw passwordError('password_too_weak', {}, `A password has at most ${maxPasswordLength} characters. Choose a shorter one.`)
  const lower = password.toLowerCase()
  if (new Set(lower).size < minDifferentCharacters) refuse('This password has too few different characters.')
  if (knownPasswords().has(lower)) refuse('This password is on the list of those that are tried first.')
  const words = [...person.email.toLowerCase().split(/[@.]/), ...person.name.toLowerCase().split(/\s+/), 'crosswalk', 'password']
  const rest = words.filter((word) => word.length >= 4).reduce((text, word) => text.replaceAll(word, ''), lower)
  if (rest.length < minOwnCharacters) refuse('This password is made of your name or address, or of a word that is tried first.')
}
