import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { crosswalkErrorCodes } from '@crosswalk/sdk'
import { declaredErrors } from '../server/src/platform/errors.ts'
import { slices } from '../server/src/processes/slices.ts'
import { root } from './pages.ts'
// Importing these, and the routes of all slices, declares every error of the server.
import '../server/src/processes/app.ts'
import '../server/src/processes/vendor-calls.ts'
import '../server/src/values/secrets/keyring.ts'

const sections = readFileSync(join(root, 'docs/errors.md'), 'utf8').split(/^## /m)

/** The rows of the table under a heading, by their code. */
function rowsUnder(heading: string): Map<string, string[]> {
  const section = sections.find((text) => text.startsWith(`${heading}\n`)) ?? assert.fail(`docs/errors.md has no heading ${heading}.`)
  const rows = [...section.matchAll(/^\| `([a-z_]+)` \|(.*)\|$/gm)].map(
    ([, code = '', cells = '']) => [code, cells.split('|').map((cell) => cell.trim())] as const,
  )
  const byCode = new Map(rows)
  assert.equal(byCode.size, rows.length, `A code stands twice under ${heading}.`)
  for (const [code, cells] of byCode) assert.ok(cells.every(Boolean), `${code} has an empty cell.`)
  return byCode
}

/** What the pattern finds in the files, tests aside. */
function codesIn(files: string, pattern: RegExp): string[] {
  const found = globSync(files, { cwd: root })
    .filter((file) => !/\.test\.ts$|\/testing[/.]/.test(file))
    .flatMap((file) => [...readFileSync(join(root, file), 'utf8').matchAll(pattern)])
    .flatMap(([, text = '']) => [...text.matchAll(/'([a-z_]+)'/g)].map(([, code = '']) => code))
  return [...new Set(found)].sort()
}

test('every error of the server is listed with its status, and no other', async () => {
  for (const slice of slices) if ('routes' in slice) await slice.routes()
  const listed = rowsUnder('Of the HTTP API')
  const declared = declaredErrors()
  assert.deepEqual([...listed.keys()].sort(), [...declared.keys()].sort())
  for (const [code, { status }] of declared) assert.equal(listed.get(code)?.[0], String(status), code)
})

test('every code that author code can compare is listed', () => {
  assert.deepEqual([...rowsUnder('In author code').keys()].sort(), [...crosswalkErrorCodes].sort())
})

test('every reason that an execution can end with is listed', () => {
  const codes = codesIn('server/src/{{engine,runner,history}/**/*,gateway/process/proxied}.ts', /\bcode: ('[a-z_]+')/g)
  const elsewhere = [...crosswalkErrorCodes] as string[]
  assert.deepEqual(
    [...rowsUnder('How an execution ended').keys()].sort(),
    codes.filter((code) => !elsewhere.includes(code)),
  )
})

test('every reason not to start is listed', () => {
  const codes = codesIn('{server/src,scripts,cli/src}/**/*.ts', /new StartError\(([^,]*?),\s/g)
  assert.deepEqual([...rowsUnder('When a process does not start').keys()].sort(), codes)
})

test('every error of the CLI and its client is listed', () => {
  const ofCli = codesIn('cli/src/**/*.ts', /new CommandError\(\s*('[a-z_]+')/g)
  const ofClient = codesIn('client/src/*.ts', /new ApiError\(\s*\{[^}]*?code: ('[a-z_]+')/g)
  assert.deepEqual([...rowsUnder('Of the CLI itself').keys()].sort(), [...ofCli, ...ofClient].sort())
})
