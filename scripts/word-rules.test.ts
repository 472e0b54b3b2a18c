import assert from 'node:assert/strict'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { brokenWordRules, pagesAndCode } from './word-rules.ts'

test('pages and code are in plain words', () => {
  assert.deepEqual(brokenWordRules(pagesAndCode(dirname(import.meta.dirname))), [])
})

test('pages, the interface, the CLI and the server are read', () => {
  const paths = new Set(pagesAndCode(dirname(import.meta.dirname)).map(({ path }) => path))
  for (const path of ['README.md', 'docs/durability.md', 'docs/decisions/README.md', 'admin/src/routes.tsx', 'cli/src/program.ts']) {
    assert.ok(paths.has(path), path)
  }
  assert.ok(paths.has('server/src/main.ts') && paths.has('workspace/README.md'))
  assert.ok(![...paths].some((path) => path.includes('node_modules') || path.includes('generated')))
})

test('each word that is ruled out is found with its line, over the end of a line too', () => {
  const text =
    'Fine.\nWhoever asks\nwaits so\nlong, and goes on. It shall be asked anew: it belongs into a step.\nIn vain. const longestWaitMs = 1, mostLines = 2, leastBytes = 3\nconst most = 8\nfunction short(text: string, longest: number) {}'
  assert.deepEqual(
    brokenWordRules([{ path: 'a.md', text }]).map((sentence) => sentence.split(': write')[0]),
    [
      'a.md:2 says "Whoever"',
      'a.md:3 says "so long"',
      'a.md:4 says "anew"',
      'a.md:4 says "shall"',
      'a.md:4 says "goes on"',
      'a.md:4 says "belongs into"',
      'a.md:5 says "In vain"',
      'a.md:5 says "longestWaitMs"',
      'a.md:5 says "mostLines"',
      'a.md:5 says "leastBytes"',
      'a.md:6 says "const most"',
      'a.md:7 says "longest: number"',
    ],
  )
})

test('words that only look like them are left alone', () => {
  const text = 'as so long as it holds, shallow, mostly, almost, the longest log, the most frequent cause, on the go'
  assert.deepEqual(brokenWordRules([{ path: 'a.md', text }]), [])
})
