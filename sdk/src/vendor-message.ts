import { isRecord } from './definition-checks.ts'

/** As much of a refusal's body is looked at, for as long. */
const maxBytes = 8_192
const maxMs = 2_000
/** As much of what it says is told on. */
const maxCharacters = 200

/**
 * What a vendor says of its refusal in plain words, for people: the sentence in a JSON body, or a short plain text. Never markup.
 * Reads the body, as far as it needs it, and lets go of it. Never throws.
 */
export async function vendorMessageOf(response: Response): Promise<string | undefined> {
  const type = response.headers.get('content-type') ?? ''
  const isJson = /^application\/([\w.-]+\+)?json\b/i.test(type)
  if (!isJson && !/^text\/plain\b/i.test(type)) {
    // An unread body would hold its connection until it is garbage collected.
    await response.body?.cancel().catch(() => undefined)
    return undefined
  }
  const text = await beginningOf(response)
  return text === undefined ? undefined : plainly(isJson ? sentenceIn(parsed(text)) : text)
}

/** The same of a body that is there already, as text. */
export function vendorMessageIn(text: string): string | undefined {
  if (text.length > maxBytes) return undefined
  const body = parsed(text)
  return plainly(body === undefined ? text : sentenceIn(body))
}

/** @returns undefined where it is too long to be a message, does not come in time, or breaks off */
async function beginningOf(response: Response): Promise<string | undefined> {
  const reader = response.body?.getReader()
  if (!reader) return undefined
  const late = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => late.resolve(undefined), maxMs)
  const decoder = new TextDecoder()
  let text = ''
  try {
    for (let bytes = 0; ; ) {
      const part = await Promise.race([reader.read(), late.promise])
      if (part === undefined) return undefined
      if (part.done) return text + decoder.decode()
      bytes += part.value.byteLength
      if (bytes > maxBytes) return undefined
      text += decoder.decode(part.value, { stream: true })
    }
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
    reader.cancel().catch(() => undefined)
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Where vendors put the sentence, the most telling place first: RFC 9457 has `detail` and `title`, OAuth `error_description`. */
const places = ['message', 'error_description', 'detail', 'error', 'errors', 'title']

function sentenceIn(body: unknown, depth = 0): unknown {
  if (typeof body === 'string') return body
  if (depth > 2) return undefined
  if (Array.isArray(body)) return sentenceIn(body[0], depth + 1)
  if (!isRecord(body)) return undefined
  for (const place of places) {
    const sentence = sentenceIn(body[place], depth + 1)
    if (typeof sentence === 'string' && sentence.trim() !== '') return sentence
  }
  return undefined
}

function plainly(sentence: unknown): string | undefined {
  if (typeof sentence !== 'string' || /<[a-z!/?]/i.test(sentence)) return undefined
  const words = sentence.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()
  if (words === '') return undefined
  const characters = [...words]
  return characters.length <= maxCharacters ? words : `${characters.slice(0, maxCharacters - 1).join('')}…`
}
