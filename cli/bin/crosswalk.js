#!/usr/bin/env node
// The command, on any Node from 20 on: what follows runs under the Node that the lockfile pins.
import module from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const run = fileURLToPath(new URL('../../scripts/run.mjs', import.meta.url))

if (Number(process.versions.node.split('.')[0]) >= 24) {
  module.enableCompileCache(process.env.NODE_COMPILE_CACHE || join(dirname(dirname(run)), 'node_modules', '.cache', 'crosswalk'))
  await import('../src/main.ts')
} else {
  process.argv.splice(1, 1, run, program)
  await import('../../scripts/run.mjs')
}
