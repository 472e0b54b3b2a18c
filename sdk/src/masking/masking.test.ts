import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { shortened } from '@crosswalk/sdk/readable-data'
import fc from 'fast-check'
import { Mask, masked } from './masking.ts'

function maskOf(...secrets: string[]): Mask {
  const mask = new Mask()
  for (const secret of secrets) mask.add(secret)
  return mask
}

const html = (text: string, apostrophe: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", apostrophe)
const lower = (text: string) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())
const urlOf = (change: (url: URL) => void) => {
  const url = new URL('https://host/')
  change(url)
  return url.href
}

/** Ways in which a secret gets into text. */
const ways: Record<string, (secret: string) => string> = {
  plain: (secret) => `key ${secret} end`,
  JSON: (secret) => JSON.stringify({ key: secret }),
  'JSON in JSON': (secret) => JSON.stringify({ body: JSON.stringify({ key: secret }) }),
  inspect: (secret) => inspect({ key: secret }, { breakLength: Number.POSITIVE_INFINITY }),
  'inspect of a list': (secret) => inspect([[{ key: secret }]], { depth: 9 }),
  base64: (secret) => Buffer.from(secret).toString('base64'),
  base64url: (secret) => Buffer.from(secret).toString('base64url'),
  'Basic with a name': (secret) => `Basic ${Buffer.from(`user:${secret}`).toString('base64')}`,
  'Basic with another name': (secret) => `Basic ${Buffer.from(`user1:${secret}`).toString('base64')}`,
  'Basic with a third name': (secret) => `Basic ${Buffer.from(`us:${secret}`).toString('base64')}`,
  'base64 before more': (secret) => Buffer.from(`${secret}:more`).toString('base64url'),
  'base64 of CRLF': (secret) => Buffer.from(secret.replaceAll(/\r?\n/g, '\r\n')).toString('base64'),
  'a component': encodeURIComponent,
  'a component in lower case': (secret) => lower(encodeURIComponent(secret)),
  'a form': (secret) => new URLSearchParams({ key: secret }).toString(),
  'a form in lower case': (secret) => lower(new URLSearchParams({ key: secret }).toString()),
  'a password in an address': (secret) => urlOf((url) => (url.password = secret)),
  'a search in an address': (secret) => urlOf((url) => (url.search = secret.replaceAll(/[\t\r\n]/g, ''))),
  hex: (secret) => Buffer.from(secret).toString('hex'),
  'hex in upper case': (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
  'hex with spaces': (secret) => (Buffer.from(secret).toString('hex').match(/../g) ?? []).join(' '),
  'inspect of a buffer': (secret) => inspect(Buffer.from(secret)),
  'hex with colons': (secret) => (Buffer.from(secret).toString('hex').toUpperCase().match(/../g) ?? []).join(':'),
  'a path in an address': (secret) => urlOf((url) => (url.pathname = `/x/${secret.replaceAll(/[\t\r\n]/g, '')}/y`)),
  'twice a component': (secret) => encodeURIComponent(encodeURIComponent(secret)),
  escape,
  'lower case': (secret) => secret.toLowerCase(),
  'base64 of UTF-16': (secret) => Buffer.from(secret, 'utf16le').toString('base64'),
  'base64 of Latin-1': (secret) => Buffer.from(secret, 'latin1').toString('base64'),
  HTML: (secret) => html(secret, '&#39;'),
  'HTML with another apostrophe': (secret) => html(secret, '&apos;'),
  CRLF: (secret) => secret.replaceAll('\r\n', '\n').replaceAll('\n', '\r\n'),
  LF: (secret) => secret.replaceAll('\r\n', '\n'),
  'trimmed ends': (secret) => secret.trim(),
}

const pem = `-----BEGIN PRIVATE KEY-----\n${(
  randomBytes(1_200)
    .toString('base64')
    .match(/.{1,64}/g) ?? []
).join('\n')}\n-----END PRIVATE KEY-----\n`
const examples = [
  'hunter2!',
  `p@ss/w+rd "quoted" 'and' <tagged> & 100% é漢字\\`,
  pem,
  pem.replaceAll('\n', '\r\n'),
  'it’s a long sentence, 50% of it\twith a tab',
]

test('a secret is masked in every form in which it is usually sent or printed', () => {
  for (const secret of examples) {
    const mask = maskOf(secret)
    for (const [name, way] of Object.entries(ways)) {
      const text = `before ${way(secret)} after`
      const shown = mask.text(text)
      assert.ok(shown.includes(masked), `${name}: ${text}`)
      assert.ok(shown.startsWith('before ') && shown.endsWith('after'), name)
      // Of base64 a character at each end may share its bits with a neighbour.
      const left = shown.replaceAll(masked, '').length - way('').length - 'before  after'.length
      if (!name.startsWith('inspect')) assert.ok(left <= 12, `${name} leaves ${left}: ${shown}`)
      for (const line of secret.split(/\r?\n/)) assert.ok(line.length < 8 || !shown.includes(line), name)
      assert.ok(mask.isIn({ deep: [text] }), name)
    }
  }
})

test('whatever a secret is, none of its forms is left in clear, alone or among others', () => {
  const letters = fc.string({
    minLength: 8,
    maxLength: 200,
    unit: fc.constantFrom(...'abcXYZ019 +/=&<>"\'\\%#?@:;,.!~*()[]{}|^`$_-\t\né漢😀'),
  })
  const secrets = fc.array(
    letters.filter((secret) => secret.trim().length >= 8),
    { minLength: 1, maxLength: 5 },
  )
  fc.assert(
    fc.property(secrets, fc.constantFrom(...Object.keys(ways)), fc.nat(), fc.string({ maxLength: 30 }), (given, name, pick, around) => {
      const secret = given[pick % given.length] as string
      const written = (ways[name] as (secret: string) => string)(secret)
      const mask = maskOf(...given)
      const shown = mask.text(`${around}${written}${around}`)
      assert.ok(shown.includes(masked), `${name}: ${written}`)
      for (const form of [
        secret,
        secret.trim(),
        encodeURIComponent(secret),
        JSON.stringify(secret).slice(1, -1),
        Buffer.from(secret).toString('hex'),
      ])
        assert.ok(!shown.includes(form), `${name} leaves ${form}`)
      assert.equal(mask.text(shown), shown)
    }),
    { numRuns: 300 },
  )
})

test('each line of a secret is masked by itself, and so are the lines that base64 is broken into', () => {
  const mask = maskOf(pem)
  for (const line of pem.trim().split('\n')) {
    assert.equal(mask.text(`'${line}\\n' +`), line.length < 8 ? `'${line}\\n' +` : `'${masked}\\n' +`)
    if (line.length >= 8) assert.equal(mask.text(encodeURIComponent(line)), masked)
  }
  const wrapped =
    Buffer.from(pem)
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  for (const line of wrapped.slice(0, -1)) assert.equal(mask.text(`  ${line}`), `  ${masked}`)
})

test('secrets that overlap, touch or hold each other leave nothing of either', () => {
  const mask = maskOf('abcdefgh-1234', '1234-stuvwxyz', 'abcdefgh', 'x'.repeat(50))
  assert.equal(mask.text('<abcdefgh-1234-stuvwxyz>'), `<${masked}>`)
  assert.equal(mask.text('<abcdefghabcdefgh>'), `<${masked}${masked}>`)
  assert.equal(mask.text('<abcdefgh-12>'), `<${masked}-12>`)
  assert.equal(mask.text('x'.repeat(120)), masked)
})

test('a short value is masked in text from four characters on, and below that where it stands alone', () => {
  const mask = maskOf('1234', 'ab', ' 7 ')
  assert.deepEqual(mask.data({ pin: 'x1234y', code: 'ab', no: 'abc', number: 1234, other: 12345, seven: 7, ab: 1 }), {
    ...{ pin: `x${masked}y`, code: masked, no: 'abc', number: masked, other: 12345, seven: masked },
    [masked]: 1,
  })
  assert.deepEqual(
    [mask.isIn(7), mask.isIn(77), mask.isIn(new Map([['a', new Set(['ab'])]])), mask.isIn(Buffer.from('..1234'))],
    [true, false, true, true],
  )
})

test('data that holds itself, or is deeper than anything that is kept, ends no one', () => {
  const mask = maskOf('hunter2!')
  const circle: { self?: unknown; key: string } = { key: 'hunter2!' }
  circle.self = circle
  assert.deepEqual(mask.data(circle), { key: masked, self: '[circular]' })
  let deep: unknown = 'hunter2!'
  for (let depth = 0; depth < 50_000; depth++) deep = [deep]
  assert.ok(!JSON.stringify(mask.data(deep)).includes('hunter2!'))
  assert.deepEqual([mask.isIn(circle), mask.isIn(deep)], [true, true])
})

test('what was cut in the middle of a secret does not show its beginning', () => {
  for (const secret of ['a-secret-of-some-length-0123456789', pem.repeat(2)]) {
    const mask = maskOf(secret)
    for (const kept of [10, 20, Math.min(900, secret.length - 1), secret.length - 1]) {
      const cut = shortened(`${'.'.repeat(200)}${secret}${'.'.repeat(5_000)}`, 200 + kept + '… (0000 characters in all)'.length + 1)
      const beginning = secret.slice(0, 10)
      assert.ok(!mask.text(cut).includes(beginning), `${kept}: ${mask.text(cut)}`)
    }
  }
  assert.equal(maskOf('https://host/secret').text('see https://host/other'), 'see https://host/other')
})

test('a secret that comes in pieces is masked as if it had come whole', () => {
  const text = `one ${pem} two hunter2! three hunter2 four`
  const whole = maskOf(pem, 'hunter2!').text(text)
  fc.assert(
    fc.property(fc.array(fc.nat(60), { minLength: 1, maxLength: 80 }), (lengths) => {
      const stream = maskOf(pem, 'hunter2!').stream()
      let shown = ''
      let rest = text
      for (const length of lengths) {
        shown += stream.write(rest.slice(0, length))
        rest = rest.slice(length)
      }
      assert.equal(shown + stream.write(rest) + stream.end(), whole)
    }),
    { numRuns: 40 },
  )
})

/** Of the processor, so that others on the machine do not count. */
function spentMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1_000
}

test('thousands of secrets are added within a second, and ten thousand of any size are looked for in one pass', () => {
  const small = Array.from({ length: 3_000 }, () => randomBytes(24).toString('base64'))
  let began = process.cpuUsage()
  const many = maskOf(...small)
  const addedMs = spentMs(began)
  assert.ok(addedMs < 1_000, `adding took ${addedMs} ms`)
  assert.equal(many.text(`a ${small[1_234]} b ${encodeURIComponent(small[2_999] as string)}`), `a ${masked} b ${masked}`)

  const large = Array.from({ length: 60 }, () => randomBytes(24_576).toString('base64'))
  const mask = maskOf(...large)
  for (let index = 0; index < 10_000; index++) mask.add(`token-${index}-of-ten-thousand`)
  const line = `a line without any secret, as most are: ${'x'.repeat(160)}`
  began = process.cpuUsage()
  for (let count = 0; count < 1_000; count++) mask.text(line)
  assert.ok(spentMs(began) < 1_000)
  assert.equal(mask.text(`<${large[59]}>`), `<${masked}>`)
  assert.equal(mask.text(`<${encodeURIComponent(large[0] as string)}>`), `<${masked}>`)
  assert.equal(mask.text(`Basic ${Buffer.from(`me:${large[7]}`).toString('base64')}`).length < 60, true)
  assert.equal(mask.text('token-9999-of-ten-thousand'), masked)
})

test('what is said of JSON text holds for the data: no secret is in what is said to hold none', () => {
  const secret = fc.oneof(
    fc.constantFrom('abc', '7', 'correct-horse', 'a"quoted\\one', 'zwölf', '12345678', ' spaced '),
    fc.string({ minLength: 1, maxLength: 12 }),
  )
  const around = fc.constantFrom('', 'x', ' … ', '"', '\\', '\u0000')
  const check = (secrets: string[], before: string, after: string, other: unknown) => {
    const mask = maskOf(...secrets)
    const text = `${before}${secrets[0]}${after}`
    for (const data of [{ a: [text] }, { [text]: 1 }, [secrets[0]], { n: Number(secrets[0]) || 0 }, { other }])
      if (JSON.stringify(mask.data(data)) !== JSON.stringify(data))
        assert.equal(mask.mayBeInJson(JSON.stringify(data)), true, JSON.stringify(data))
  }
  fc.assert(fc.property(fc.array(secret, { minLength: 1, maxLength: 3 }), around, around, fc.jsonValue(), check), { numRuns: 2_000 })
  const usual = maskOf('correct-horse')
  assert.equal(usual.mayBeInJson(JSON.stringify({ name: 'Acme', websites: ['https://acme.example'] })), false)
  assert.equal(maskOf().mayBeInJson('"\\u0000 …"'), false)
})

test('a secret is found at whatever place of a text it stands, and text that has none stays as it is', () => {
  const around = fc.string({ unit: 'binary', maxLength: 40 })
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii', minLength: 4, maxLength: 12 }), around, around, (secret, before, behind) => {
      fc.pre(secret.trim().length >= 4 && !/[\r\n]/.test(secret))
      const mask = maskOf(secret, 'another-secret-that-is-not-there')
      assert.ok(!mask.text(`${before}${secret}${behind}`).includes(secret))
      assert.ok(mask.isIn(`${before}${secret}${behind}`))
    }),
  )
  const digits = fc.string({ unit: fc.constantFrom('0', '1', '2'), maxLength: 60 })
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('0', '1', '2', 'x'), minLength: 12, maxLength: 16 }), digits, (secret, text) => {
      fc.pre(secret.includes('x'))
      assert.equal(maskOf(secret).text(text), text)
    }),
  )
})
