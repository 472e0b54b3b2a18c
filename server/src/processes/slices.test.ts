import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { executionKinds } from '../protocol/kinds.ts'
import { endHandlers, hostRequests, slices } from './slices.ts'

const source = join(import.meta.dirname, '..')

test('every folder of the server is one slice, but for the runner, and has its object in its folder', () => {
  const folders = globSync('*/', { cwd: source }).map((folder) => folder.replace(/\/$/, ''))
  assert.deepEqual(folders.filter((folder) => folder !== 'runner').sort(), slices.map(({ name }) => name).sort())
  const objects = globSync('*/*.slice.ts', { cwd: source })
  const withoutObject = ['protocol', 'platform', 'processes']
  assert.deepEqual(objects.sort(), slices.flatMap(({ name }) => (withoutObject.includes(name) ? [] : [`${name}/${name}.slice.ts`])).sort())
})

test('each kind of execution has one slice, which alone handles its ends', () => {
  const owned = slices.flatMap(({ kinds = [] }) => kinds)
  assert.deepEqual(owned.toSorted(), executionKinds.toSorted())
  for (const { kinds = [], ends = [] } of slices) for (const { kind } of ends) assert.ok(kinds.includes(kind), kind)
  assert.equal(new Set(endHandlers.map(({ kind }) => kind)).size, endHandlers.length)
})

test('a kind is spelled out where kinds are declared, in its slice, and where the runner runs it', () => {
  const files = globSync('**/*.ts', { cwd: source }).filter((file) => !file.endsWith('.test.ts'))
  for (const { name, kinds = [] } of slices) {
    // The kinds of definitions have the same names.
    for (const kind of kinds.filter((kind) => !['workflow', 'data_provider'].includes(kind))) {
      const elsewhere = files.filter((file) => {
        if (file.startsWith(`${name}/`) || file === 'protocol/kinds.ts' || file === 'runner/kinds.ts') return false
        return readFileSync(join(source, file), 'utf8').includes(`'${kind}'`)
      })
      assert.deepEqual(elsewhere, [], kind)
    }
  }
})

test('what author code may ask has one name each', () => {
  const names = hostRequests({ keyring: undefined as never }).map(({ name }) => name) // none is asked here
  assert.equal(new Set(names).size, names.length)
  assert.ok(names.includes('getSecret') && names.includes('setIntegrationMapping'))
})

test('a worker loads no routes, and nothing that only they need', () => {
  const loaded = new Set<string>()
  const load = (file: string) => {
    if (loaded.has(file)) return
    loaded.add(file)
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(
      /^(?:import|export) (?!type\b)(?:[\w\s*{},]+ from )?['"]([^'"]+)['"]/gm,
    ))
      if (specifier.startsWith('.')) load(join(dirname(file), specifier))
      else if (!specifier.startsWith('node:')) loaded.add(specifier)
  }
  load(join(import.meta.dirname, 'worker.ts'))
  assert.ok(loaded.has('pg') && loaded.has(join(source, 'engine', 'dispatch', 'dispatcher.ts')))
  const ofApi = [...loaded].filter((name) => /routes\.ts$|fastify|csv-parse|better-auth|prom-client/.test(name))
  assert.deepEqual(ofApi, [])
})
