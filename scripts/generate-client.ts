// node scripts/generate-client.ts: makes client/src/generated from client/openapi.json. With --check it only says whether that is up to date.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { appendFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { generate } from 'orval'

const client = join(dirname(import.meta.dirname), 'client')
const target = join(client, 'src', 'generated', 'api.ts')

/** Formats with settings of its own, so that the same input gives the same bytes everywhere. */
async function format(file: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'crosswalk-format-'))
  try {
    const settings = {
      formatter: { lineWidth: 160, indentStyle: 'space' },
      javascript: { formatter: { quoteStyle: 'single', semicolons: 'asNeeded' } },
      files: { maxSize: 8_000_000 },
    }
    await writeFile(join(folder, 'biome.json'), JSON.stringify(settings))
    const draft = join(folder, 'api.ts')
    // A pattern of zod's that is hundreds of characters long tells a reader nothing.
    await writeFile(draft, (await readFile(file, 'utf8')).replaceAll(/^\s*(\/\*)?\*+ @pattern \S+( \*\/)?\n/gm, ''))
    const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome')
    await promisify(execFile)(process.execPath, [biome, 'format', '--write', `--config-path=${folder}`, draft], { cwd: folder })
    await writeFile(file, await readFile(draft))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Lists that callers of the API offer or go through: by which field of which view they are said. */
const lists = {
  executionKinds: ['ExecutionSummary', 'kind'],
  executionStatuses: ['ExecutionSummary', 'status'],
  batchItemStatuses: ['BatchExecution', 'status'],
} as const

type Description = { components: { schemas: Record<string, { properties: Record<string, { enum?: string[] }> }> } }

/** The values of these fields, in the order of the description. */
async function listsAsCode(): Promise<string> {
  const { components } = JSON.parse(await readFile(join(client, 'openapi.json'), 'utf8')) as Description
  const lines = Object.entries(lists).map(([name, [view, field]]) => {
    const values = components.schemas[view]?.properties[field]?.enum
    if (!values) throw new Error(`client/openapi.json has no list of values for ${view}.${field}.`)
    return `/** What \`${field}\` of ${view} can be. */\nexport const ${name} = ${JSON.stringify(values)} as const\n`
  })
  return `\n${lines.join('\n')}`
}

/** What the generated file should be. Made in a folder beside its place, because it names its neighbours by relative paths. */
async function generateDraft<T>(use: (draft: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(client, 'src', 'generated.new-'))
  try {
    const draft = join(folder, 'api.ts')
    const { default: config } = (await import('../client/orval.config.ts')) as { default: { crosswalk: { input: object; output: object } } } // what orval's defineConfig returns
    const { input, output } = config.crosswalk
    await generate({ input: { ...input, target: join(client, 'openapi.json') }, output: { ...output, target: draft } }, client)
    // It says itself what is wrong, and returns.
    if (!existsSync(draft)) throw new Error('orval made no client from client/openapi.json. Its reason stands above.')
    await appendFile(draft, await listsAsCode())
    await format(draft)
    return await use(draft)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

await generateDraft(async (draft) => {
  if (!process.argv.includes('--check')) {
    await mkdir(dirname(target), { recursive: true })
    return rename(draft, target)
  }
  const [wanted, found] = await Promise.all([readFile(draft, 'utf8'), readFile(target, 'utf8').catch(() => '')])
  if (wanted === found) return console.log('The generated client is up to date.')
  console.error('client/src/generated/api.ts is not what client/openapi.json says. Run: node scripts/generate-client.ts')
  process.exitCode = 1
})
