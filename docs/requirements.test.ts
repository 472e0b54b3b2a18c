import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { root } from './pages.ts'

const text = readFileSync(join(root, 'docs/security-requirements.md'), 'utf8')
const rows = [...text.matchAll(/^\| (API\d+|V\d+\.\d+\.\d+) \| (.+) \| (.+) \| (.+) \|$/gm)].map(
  ([, id = '', asks = '', status = '', shown = '']) => ({ id, asks, status, shown }),
)
/** Of the repository: `server/…` in a row's text, and pages beside this one that it links to. */
const filesOf = (shown: string) => [
  ...[...shown.matchAll(/`([\w./-]+\.\w+)`/g)].map(([, path = '']) => path).filter((path) => path.includes('/')),
  ...[...shown.matchAll(/\]\(([\w-]+\.md)/g)].map(([, path = '']) => `docs/${path}`),
]

test('each line of the two lists has one row, with one of three words and its reason', () => {
  assert.equal(rows.length, text.split('\n').filter((line) => /^\| (API|V)\d/.test(line)).length, 'a row has another form')
  assert.deepEqual(
    rows.map(({ id }) => id).filter((id, index, all) => all.indexOf(id) !== index),
    [],
  )
  // Ten, and what the standard has on its levels 1 and 2.
  assert.deepEqual([rows.filter(({ id }) => id.startsWith('API')).length, rows.filter(({ id }) => id.startsWith('V')).length], [10, 253])
  for (const { id, status, shown } of rows) {
    assert.ok(['held', 'not applicable', 'not held'].includes(status), `${id}: ${status}`)
    assert.ok(shown.trim() !== '', id)
  }
})

test('what is held names a test, a page or code, and every file that is named is there', () => {
  for (const { id, status, shown } of rows) {
    const files = filesOf(shown)
    for (const file of files) assert.ok(existsSync(join(root, file)), `${id} names ${file}, which is not there.`)
    if (status === 'held') assert.ok(files.length > 0, `${id} is held, and nothing shows it.`)
  }
})

test('the counts at the head of the page are those of its rows', () => {
  const count = (status: string) => rows.filter((row) => row.status === status).length
  const tested = rows.filter(({ status, shown }) => status === 'held' && filesOf(shown).some((file) => file.includes('.test.'))).length
  const sentence = `**Of ${rows.length} lines ${count('held')} are held (${tested} shown by a test), ${count('not applicable')} not applicable, ${count('not held')} not held.**`
  assert.ok(text.includes(sentence), `Write at its head: ${sentence}`)
})
