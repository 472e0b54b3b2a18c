import assert from 'node:assert/strict'
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isAlive } from '../server/src/platform/postgres/embedded-postgres.server.ts'
import { temporaryDirectory } from '../server/testing/temporary-directory.ts'
import { until } from '../server/testing/until.ts'

const runner = fileURLToPath(new URL('./run.mjs', import.meta.url))
/** Takes away the call that an older Node does not have. */
const asOlderNode = ['--import', 'data:text/javascript,delete process.execve']

async function run(place: { path: string }, nodeArgs: string[], program: string, args: string[] = []) {
  const file = join(place.path, 'program.ts')
  await writeFile(file, program)
  return observe(spawn(process.execPath, [...nodeArgs, runner, file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] }))
}

function observe(child: ChildProcessByStdio<null, Readable, null>) {
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const ended = once(child, 'close').then(([code, signal]: unknown[]) => ({ code, signal, output: output.trim() }))
  const said = () => until('the program says something', () => output.trim() || undefined)
  return { child, ended, said }
}

for (const [how, nodeArgs] of [
  ['in the place of the runner', []],
  ['as its child, on an older Node', asOlderNode],
] as const) {
  test(`a program gets its arguments and gives its exit code, ${how}`, async () => {
    await using place = await temporaryDirectory()
    const program =
      'const words: string[] = process.argv.slice(2); console.log(import.meta.main, process.versions.node.split(".")[0], ...words); process.exit(7)'
    const { code, output } = await (await run(place, [...nodeArgs], program, ['--one', 'two words'])).ended
    assert.deepEqual([code, output], [7, 'true 26 --one two words'])
  })

  test(`a program gets the signals that the runner gets, ${how}`, async () => {
    await using place = await temporaryDirectory()
    const { child, ended, said } = await run(
      place,
      [...nodeArgs],
      `process.on('SIGTERM', () => process.exit(5)); setInterval(() => {}, 1000); console.log('up')`,
    )
    await said()
    child.kill('SIGTERM')
    assert.equal((await ended).code, 5)
  })

  test(`a program does not outlive the runner, ${how}`, async () => {
    await using place = await temporaryDirectory()
    const { child, said } = await run(place, [...nodeArgs], 'setInterval(() => {}, 1000); console.log(process.pid)')
    const pid = Number(await said())
    assert.ok(isAlive(pid))
    child.kill('SIGKILL')
    await until('the program is gone', () => !isAlive(pid))
  })

  test(`a program stops when npm's shell is ended without it, ${how}`, async () => {
    await using place = await temporaryDirectory()
    const file = join(place.path, 'program.ts')
    await writeFile(file, `process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000); console.log(process.pid)`)
    const shell = spawn('/bin/sh', ['-c', '"$@"; true', 'sh', process.execPath, ...nodeArgs, runner, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, npm_lifecycle_event: 'start' },
    })
    const pid = Number(await observe(shell).said())
    shell.kill('SIGTERM')
    await until('the program is gone', () => !isAlive(pid))
  })
}
