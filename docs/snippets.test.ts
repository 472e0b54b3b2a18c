import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { type Block, blocksOf, readPages, root } from './pages.ts'

const run = promisify(execFile)
const blocks = readPages()
  .flatMap(blocksOf)
  .filter(({ language }) => language === 'ts')

/** A block may begin with the file that it is, as `// workspace/workflows/sync-users.ts`. */
function fileOf({ text }: Block): string | undefined {
  return /^\/\/ (\S+\.ts)\n/.exec(text)?.[1]
}

const isQuote = (block: Block) => existsSync(join(root, fileOf(block) ?? 'none'))

test('a block that names a file of the repository is a part of that file, letter by letter', () => {
  const quotes = blocks.filter(isQuote)
  assert.ok(quotes.length >= 5)
  for (const block of quotes) {
    const file = fileOf(block) ?? ''
    const quoted = block.text.replace(/^.*\n/, '').trim()
    assert.ok(readFileSync(join(root, file), 'utf8').includes(quoted), `${block.page} shows ${file} otherwise than it is: copy it again.`)
  }
})

/** The workspace, with the blocks that are not in it as files beside its own. Inside of docs, so that packages are found. */
const folder = mkdtempSync(join(root, 'docs', '.snippets-'))
after(() => rmSync(folder, { recursive: true, force: true }))
for (const part of ['integrations', 'workflows', 'data-providers', 'tests', 'package.json']) {
  cpSync(join(root, 'workspace', part), join(folder, 'workspace', part), { recursive: true })
}
const written = blocks
  .filter((block) => !isQuote(block))
  .map((block, index) => {
    const file = fileOf(block) ?? `workspace/workflows/block-${index}-of-${block.page.replace(/\W+/g, '-')}.ts`
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), block.text)
    return file
  })
writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ extends: '../../tsconfig.base.json', include: ['workspace/**/*.ts'] }))

test('the other blocks type-check against the workspace', async () => {
  assert.ok(written.length >= 5)
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], { cwd: root }).catch(
    (error: { stdout: string }) => assert.fail(error.stdout),
  )
})

test('tests that the pages show pass', async () => {
  const tests = written.filter((file) => file.endsWith('.test.ts')).map((file) => join(folder, file))
  assert.ok(tests.length >= 2)
  const { NODE_TEST_CONTEXT: _ours, ...env } = process.env
  await run(process.execPath, ['--test', ...tests], { cwd: root, env }).catch((error: { stdout: string }) => assert.fail(error.stdout))
})
