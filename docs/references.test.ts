import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { createProgram } from '../cli/src/program.ts'
import { readEnvironment } from '../server/src/platform/environment.ts'
import { blocksOf, readPages, root } from './pages.ts'

const page = (name: string) => readFileSync(join(root, 'docs', name), 'utf8')
const nowhere = Object.assign(new Writable({ write: (_chunk, _encoding, done) => done() }), { isTTY: false })

type Command = ReturnType<typeof createProgram>

/** The command line's own commands, by the words that call them. */
function commandsOf(parent: Pick<Command, 'commands'>, words: string[] = []): { words: string; command: Command }[] {
  return parent.commands.flatMap((command) => {
    const own = [...words, command.name()]
    return command.commands.length > 0 ? commandsOf(command, own) : [{ words: own.join(' '), command }]
  })
}

function everyCommand() {
  const terminal = { env: {}, cwd: root, stdin: process.stdin, stdout: nowhere, stderr: nowhere, signal: new AbortController().signal }
  return commandsOf(createProgram(terminal)).filter(({ words }) => !words.endsWith('help'))
}

test('docs/cli.md has every command and every option', () => {
  const text = page('cli.md')
  const commands = everyCommand()
  assert.ok(commands.length > 20)
  for (const { words, command } of commands) {
    assert.ok(text.includes(`\`${words}`), `docs/cli.md does not name: ${words}`)
    for (const { long } of command.options)
      assert.ok(long === undefined || text.includes(long), `docs/cli.md does not name ${long} of: ${words}`)
  }
})

test('every command that a page shows in a sentence is one', () => {
  const known = everyCommand().map(({ words }) => words)
  const names = new Set(known.flatMap((words) => [words, words.split(' ')[0], words.split(' ').slice(0, 2).join(' ')]))
  for (const { path, text } of readPages()) {
    for (const [, words = ''] of text.matchAll(/npx crosswalk ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)?)/g)) {
      const [first = '', second = ''] = words.split(' ')
      assert.ok(
        names.has(words) || (names.has(first) && !known.some((other) => other.startsWith(`${first} `))),
        `${path}: crosswalk ${first} ${second}`,
      )
    }
  }
})

test('docs/operating.md has every variable that an installation or the CLI reads', () => {
  const read = new Set<string>()
  const recording = new Proxy<NodeJS.ProcessEnv>({}, { get: (_target, name) => void read.add(String(name)) })
  readEnvironment(recording, root)
  const text = page('operating.md')
  for (const name of [...read, 'CROSSWALK_URL', 'CROSSWALK_API_KEY'])
    assert.ok(text.includes(`\`${name}\``), `docs/operating.md does not name ${name}.`)
  for (const [, name = ''] of text.matchAll(/`(CROSSWALK_[A-Z_]+)`/g)) {
    assert.ok(read.has(name) || /^CROSSWALK_(URL|API_KEY)$/.test(name), `docs/operating.md names ${name}, which nothing reads.`)
  }
})

test('docs/operating.md tells the defaults as they are', () => {
  const defaults = readEnvironment({}, root)
  const row = (name: string) => new RegExp(`^\\|.*\`${name}\`.*\\|$`, 'm').exec(page('operating.md'))?.[0] ?? assert.fail(name)
  assert.ok(row('CROSSWALK_PORT').includes(`\`${defaults.host}\`, \`${defaults.port}\``))
  assert.ok(row('CROSSWALK_WORKERS').endsWith(`\`${defaults.workers}\` |`))
  assert.ok(row('CROSSWALK_TAKEOVER_SECONDS').endsWith(`\`${defaults.takeoverSeconds}\` |`))
  assert.ok(row('CROSSWALK_LOG_LEVEL').endsWith(`\`${defaults.logLevel}\` |`))
})

test('docs/api.md has every path, and names none that is not there', () => {
  // As scripts/describe-api.ts keeps it, which npm run check compares with the server.
  const described = JSON.parse(readFileSync(join(root, 'client/openapi.json'), 'utf8')) as { paths: Record<string, unknown> }
  const paths = Object.keys(described.paths)
  const text = page('api.md')
  for (const path of paths) assert.ok(text.includes(`\`${path}\``), `docs/api.md does not name ${path}.`)
  for (const [, path = ''] of text.matchAll(/^\| (.*?) \|/gm)) {
    for (const [, name = ''] of path.matchAll(/`(\/[^`]*)`/g))
      assert.ok(paths.includes(name), `docs/api.md names ${name}, which is not there.`)
  }
})

test('the scripts that pages name are in package.json', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
  for (const { path, text } of readPages()) {
    for (const [, name = ''] of text.matchAll(/\bnpm (?:run )?(start|test|(?<=run )[a-z-]+)\b/g))
      assert.ok(name in scripts, `${path}: npm run ${name}`)
  }
  assert.ok(readPages().flatMap(blocksOf).length > 20)
})
