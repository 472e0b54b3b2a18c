/** Lines of a secret that are shorter say nothing by themselves, as `}` does. */
const minLineChars = 8
/** So many lines are looked for in every form; more of them as they are and escaped. */
const maxLinesInAllForms = 200
/** Widths at which programs break base64 into lines. */
const base64Widths = [64, 76]
/** What every form leaves as it is, but for base64 and hex. */
const isPlainWord = /^[A-Za-z0-9_.~-]*$/

/** A longer secret is known by the beginning of each of its forms. */
const maxWholeChars = 1_024

/**
 * Base64 of a text wherever it stands in what was encoded: behind 0, 1 or 2 bytes of others, before others, or at the end. What shares a
 * character with a neighbour's bits is left out. A long one is masked without its padding, which not all programs write.
 */
function base64Forms(text: string, bytes = Buffer.from(text)): string[] {
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    const start = Math.ceil((before * 8) / 6)
    const core = encoded.slice(start, Math.floor(((before + bytes.length) * 8) / 6))
    const unpadded = encoded.slice(start).replace(/=+$/, '')
    const padded = text.length > maxWholeChars ? [] : [encoded.slice(start)]
    return [core, unpadded, ...padded].flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')])
  })
}

const lowerCaseHex = (text: string) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())
const percentOf = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`

/** As parts of an address: by hand, by forms, by the setters of `URL`, by other languages. */
function addressForms(text: string): string[] {
  const url = new URL('http://host/')
  url.username = text
  url.search = `?${text}`
  url.hash = `#${text}`
  url.pathname = `/${text}`
  const component = encodeURIComponent(text)
  const forms = [
    component,
    component.replace(/[!'()*]/g, percentOf),
    component.replaceAll('%2F', '/').replace(/[!'()*]/g, percentOf),
    new URLSearchParams({ '': text }).toString().slice(1),
    encodeURI(text),
    url.username,
    url.search.slice(1),
    url.hash.slice(1),
    url.pathname.slice(1),
    escape(text),
    // In an address within an address.
    encodeURIComponent(component),
  ]
  return forms.flatMap((form) => [form, lowerCaseHex(form)])
}

const inspected: Record<string, string> = { '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r', '\\': '\\\\', "'": "\\'" }

/** As a string of a program: JSON in two spellings and once more in JSON, and as `util.inspect` prints it in each of its quotes. */
function quotedForms(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1)
  const unicode = (form: string) =>
    form.replace(/[\u007f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const inspect = (pattern: RegExp) =>
    text.replace(
      pattern,
      (character) => inspected[character] ?? `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    )
  const quotes = [/[\0-\x1f'\\\x7f-\x9f]/g, /[\0-\x1f\\\x7f-\x9f]/g].map(inspect)
  return [json, unicode(json), json.replaceAll('/', '\\/'), JSON.stringify(json).slice(1, -1), ...quotes]
}

function htmlForms(text: string): string[] {
  const inText = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const inAttribute = inText.replaceAll('"', '&quot;')
  const apostrophes = ['&#39;', '&#x27;', '&apos;', '&#039;'].map((apostrophe) => inAttribute.replaceAll("'", apostrophe))
  return [inText, inAttribute, inAttribute.replaceAll('&quot;', '&#34;').replaceAll("'", '&#39;'), ...apostrophes]
}

/** As it is, and in every way in which programs write one text into another without changing its letters. */
function readableForms(text: string): string[] {
  return [text, ...quotedForms(text), ...addressForms(text), ...htmlForms(text)]
}

/** The host of an address is in lower case. Of a short value that could be a word of any text. */
const hostForms = (text: string) => (text.length < minLineChars ? [] : [text.toLowerCase()])

const printedBytes = 50

/** Together, as `<Buffer 68 75>` prints it, and as fingerprints are written. */
function hexForms(text: string): string[] {
  const hex = Buffer.from(text).toString('hex')
  const spread = [' ', ':'].map((between) => hex.replace(/..(?!$)/g, `$&${between}`))
  // Of a longer `Buffer` only its first bytes are printed.
  const printed = spread[0]?.slice(0, 3 * printedBytes - 1) ?? ''
  return [hex, ...spread, printed].flatMap((form) => [form, form.toUpperCase()])
}

/** All forms, always in the same order: each is a beginning of what a longer text of the same beginning gives. */
function allForms(text: string): string[] {
  // Other encodings of characters, which programs choose for `Basic` and for other systems.
  const encoded = (['latin1', 'utf16le'] as const).flatMap((encoding) => base64Forms(text, Buffer.from(text, encoding)))
  return [...readableForms(text), ...base64Forms(text), ...hexForms(text), ...encoded, ...hostForms(text)]
}

function formsOf(text: string): string[] {
  if (!isPlainWord.test(text)) return allForms(text)
  return [text, ...base64Forms(text), ...base64Forms(text, Buffer.from(text, 'utf16le')), ...hexForms(text), ...hostForms(text)]
}

/** What takes a secret's forms in. */
type Taker = { add(text: string): void; addByHead(head: string, lengthOf: () => number): void }

function addText(taker: Taker, text: string): void {
  if (text.length <= maxWholeChars) {
    for (const form of formsOf(text)) taker.add(form)
    return
  }
  let lengths: number[] | undefined
  const lengthOf = (index: number) => {
    lengths ??= allForms(text).map((form) => form.length)
    return lengths[index] as number // the same forms in the same order
  }
  // A few more, so that no form of the part ends before it has so many.
  const part = text.slice(0, maxWholeChars + 8)
  for (const [index, form] of allForms(part).entries()) taker.addByHead(form.slice(0, maxWholeChars), () => lengthOf(index))
}

function addLines(taker: Taker, text: string): void {
  const lines = new Set(text.split(/\r\n|\r|\n/).map((line) => line.trim()))
  if (lines.size < 2) return
  for (const line of lines) {
    if (line.length < minLineChars) continue
    if (lines.size <= maxLinesInAllForms) addText(taker, line)
    else for (const form of isPlainWord.test(line) ? [line] : [line, ...quotedForms(line), encodeURIComponent(line)]) taker.add(form)
  }
}

function addWrappedBase64(taker: Taker, text: string): void {
  const base64 = Buffer.from(text).toString('base64')
  for (const width of base64Widths)
    for (let start = 0; start < base64.length && base64.length > width; start += width) {
      const line = base64.slice(start, start + width)
      if (line.length >= minLineChars) taker.add(line)
    }
}

/**
 * Adds a secret in every form in which it is usually sent, printed or stored: as it is, with other line ends, line by line; in base64 at
 * every alignment, so also in `Basic` with a name before it; escaped for JSON, `util.inspect`, HTML and addresses; in hex, together and
 * spread; in lower case.
 */
export function addSecretForms(taker: Taker, secret: string): void {
  const text = secret.toWellFormed()
  const unixLines = text.replaceAll('\r\n', '\n')
  const variants = new Set([text, unixLines, unixLines.replaceAll('\n', '\r\n')])
  for (const variant of [...variants]) variants.add(variant.trim())
  for (const variant of variants) {
    // Of a long one the space around it would only make its place end too late.
    if (variant.length > maxWholeChars && variant !== variant.trim()) continue
    addText(taker, variant)
    addWrappedBase64(taker, variant)
  }
  addLines(taker, text)
}
