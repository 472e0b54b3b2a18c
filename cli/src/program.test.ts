import assert from 'node:assert/strict'
import { Readable, Writable } from 'node:stream'
import { test } from 'node:test'
import type { Command } from 'commander'
import { createProgram } from './program.ts'
import { callCli } from './testing/call-cli.ts'

function allCommands(command: Command, path: string[] = []): string[][] {
  return [path, ...command.commands.flatMap((child) => allCommands(child, [...path, child.name()]))]
}

const nothing = new Writable({ write: (_chunk, _encoding, done) => done() })
const program = createProgram({
  env: {},
  cwd: '/',
  stdin: Readable.from([]),
  stdout: nothing,
  stderr: nothing,
  signal: new AbortController().signal,
})

for (const path of allCommands(program)) {
  test(`crosswalk ${[...path, '--help'].join(' ')} has an example that names the command`, async () => {
    const { code, out, err } = await callCli([...path, '--help'])
    assert.deepEqual({ code, err }, { code: 0, err: '' })
    const examples = out.slice(out.search(/^Examples?:$/m))
    assert.ok(examples.includes(`$ crosswalk ${path.join(' ')}`), examples)
  })
}

test('every command that asks the server can answer in JSON', () => {
  // Those are of this machine, and signing in is a conversation with a person.
  const own = new Set(['start', 'api', 'worker', 'migrate', 'init', 'new', 'login', 'logout'])
  const leaves = allCommands(program).filter((path) => path.length > 0 && !own.has(path[0] ?? ''))
  for (const path of leaves) {
    const command = path.reduce<Command | undefined>((parent, name) => parent?.commands.find((child) => child.name() === name), program)
    if (command && command.commands.length === 0)
      assert.ok(
        command.options.some(({ long }) => long === '--json'),
        path.join(' '),
      )
  }
})

for (const [what, args] of [
  ['an unknown command', ['orgz']],
  ['an unknown option', ['orgs', 'list', '--nope']],
  ['a missing argument', ['orgs', 'create']],
  ['an argument too many', ['orgs', 'list', 'acme']],
  ['a missing option', ['run', 'sync_users']],
  ['an option out of its range', ['orgs', 'list', '--limit', '0']],
  ['no command', []],
] as const) {
  test(`${what} is a wrong usage: exit code 2, told on standard error`, async () => {
    const { code, out, err } = await callCli(args)
    assert.deepEqual({ code, out }, { code: 2, out: '' })
    assert.notEqual(err, '')
  })
}
