import { statusTextOf } from './status-texts.ts'

/** As much of a page's title is told on. */
const maxTitleChars = 80
/** Only such text can hold a number that JavaScript cannot: everything else is parsed the fast way. */
const longNumber = /\d{16}/

/** What is known of an answer beside its text. */
export type AnswerFacts = { method: string; url: string; status: number; statusText: string; contentType: string }

/**
 * The JSON of a 2xx answer. Whole numbers beyond 2^53 − 1, which are ids, come as text, digit for digit: as numbers they would be others.
 *
 * @param answer is asked for only where it is told
 * @throws SyntaxError with the code `answer_not_json`, naming the address without its query, and what came instead
 */
export function exactJsonOf(text: string, answer: () => AnswerFacts): unknown {
  try {
    return longNumber.test(text) ? JSON.parse(text, exactly) : JSON.parse(text)
  } catch {
    throw answerNotJson(text, answer())
  }
}

function exactly(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source
  return typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source) ? source : value
}

/** A SyntaxError, as `response.json()` throws, that says which call it was and what to do. */
export function answerNotJson(text: string, { method, url, status, statusText, contentType }: AnswerFacts): SyntaxError {
  const answered = `${method} ${url || 'request'} answered ${`${status} ${statusText || statusTextOf(status)}`.trim()}`
  const type = contentType.split(';')[0]?.trim().slice(0, 100) ?? ''
  const message = `${answered} with ${insteadOf(text, type)} instead of JSON. ${isPage(text, type) ? wrongPlace : 'See what the vendor sends there.'}`
  const details = { status, method, url, ...(type === '' ? {} : { content_type: type }) }
  return Object.assign(new SyntaxError(message), { code: 'answer_not_json' as const, details })
}

const wrongPlace =
  "Check that this is the address of the vendor's API and not of its website, and that no sign-in page or proxy answers in its place."

function isPage(text: string, type: string): boolean {
  return /\bx?html\b/i.test(type) || /^\s*<(!doctype|html|head|body|script|\?xml)/i.test(text.slice(0, 1_000))
}

function insteadOf(text: string, type: string): string {
  if (text.trim() === '') return 'nothing'
  if (!isPage(text, type)) return `text that is not valid JSON${type === '' ? '' : ` (${type})`}`
  const title = /<title[^>]*>([^<]*)/i
    .exec(text.slice(0, 16_384))?.[1]
    ?.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
  return title ? `a web page ('${[...title].slice(0, maxTitleChars).join('')}')` : 'a web page'
}
