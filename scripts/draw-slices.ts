// node scripts/draw-slices.ts [--check]: draws which slice of the server imports which, and lists what each has, from the code itself.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { importsOf, isTest, sliceOf } from './import-rules.ts'
import { slices } from './slices.ts'

const root = dirname(import.meta.dirname)
const file = join(root, 'docs', 'images', 'slices.svg')

const cell = 26
const labelWidth = 470
const top = 120
const size = slices.length * cell
const width = labelWidth + size + 20
const height = top + size + 20

/** Which slice imports from which, as "from to". */
function findUses(): Set<string> {
  const uses = importsOf(root).flatMap(({ from, to }) => (isTest(from) ? [] : [`${sliceOf(from)} ${sliceOf(to)}`]))
  return new Set(uses)
}

function draw(): string {
  const uses = findUses()
  const parts: string[] = []
  // The last slice stands on top, as it does in the house: what it uses lies below it.
  const rows = slices.toReversed()
  rows.forEach((row, y) => {
    const at = top + y * cell
    parts.push(`<text class="name" x="10" y="${at + 17}">${row.name}</text>`)
    parts.push(`<text class="holds" x="120" y="${at + 17}">${row.holds}</text>`)
    rows.forEach((column, x) => {
      const left = labelWidth + x * cell
      const isUsed = uses.has(`${row.name} ${column.name}`)
      const kind = x === y ? 'self' : isUsed ? (x > y ? 'used' : 'wrong') : x > y ? 'free' : 'never'
      parts.push(`<rect class="${kind}" x="${left}" y="${at}" width="${cell - 2}" height="${cell - 2}" rx="3"/>`)
    })
  })
  rows.forEach((column, x) => {
    const left = labelWidth + x * cell + 16
    parts.push(`<text class="name" transform="translate(${left} ${top - 8}) rotate(-60)">${column.name}</text>`)
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="Which slice of the server imports which. Each imports only slices that stand below it.">
<style>
  text { font: 12px system-ui, sans-serif; fill: #1f2933 }
  .name { font-weight: 600 } .holds { fill: #52606d }
  .self { fill: #9aa5b1 } .used { fill: #2f6fb2 } .free { fill: #e4e7eb } .never { fill: none } .wrong { fill: #c0392b }
  @media (prefers-color-scheme: dark) { text { fill: #e4e7eb } .holds { fill: #9aa5b1 } .free { fill: #323f4b } .self { fill: #616e7c } }
</style>
${parts.join('\n')}
</svg>
`
}

const page = join(root, 'docs', 'architecture.md')
const begin = '<!-- drawn from the slices by scripts/draw-slices.ts -->'
const end = '<!-- to here -->'

/** The page with its table of slices as the code has it. */
function withTable(text: string): string {
  const [before, rest = ''] = text.split(begin)
  const [, after] = rest.split(end)
  if (after === undefined) throw new Error(`docs/architecture.md has no place between "${begin}" and "${end}".`)
  const rows = slices.map(({ name, holds, tables }) => {
    const named = Object.keys(tables).map((table) => `\`${table}\``)
    return `| \`${name}\` | ${holds} | ${named.join(', ')} |`
  })
  return [`${before}${begin}\n`, '| slice | what it holds | its tables |', '| --- | --- | --- |', ...rows, `\n${end}${after}`].join('\n')
}

const drawings = [
  { path: file, drawn: draw(), name: 'docs/images/slices.svg' },
  { path: page, drawn: withTable(readFileSync(page, 'utf8')), name: 'The table of slices in docs/architecture.md' },
]
for (const { path, drawn, name } of drawings) {
  if (!process.argv.includes('--check')) writeFileSync(path, drawn)
  else if (readFileSync(path, 'utf8') !== drawn) {
    console.error(`${name} is not what the code says. Run: node scripts/draw-slices.ts`)
    process.exitCode = 1
  }
}
