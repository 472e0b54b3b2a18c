// npm run sbom [-- --out file] [-- --dev]: what a release is made of, as CycloneDX JSON: every package of the lockfile with its version, hash and
// licence. Asks no registry. With --dev also what only builds and tests it.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './processes.ts'

type Component = { name: string; 'bom-ref': string; properties?: { name: string }[] }
type Dependency = { ref: string; dependsOn?: string[] }
type Bom = { metadata: { component: Component }; components: Component[]; dependencies: Dependency[] }

const { values } = parseArgs({ options: { out: { type: 'string' }, dev: { type: 'boolean', default: false } } })
const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string }
const text = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 256 * 1024 * 1024,
  shell: process.platform === 'win32',
})
const bom = JSON.parse(text) as Bom
// npm calls it by the name of the folder that it lies in.
bom.metadata.component.name = name
// Not by npm's `--omit dev`: that leaves out what one package needs and another only tests with.
const isOfDevelopment = ({ properties = [] }: Component) => properties.some((property) => property.name === 'cdx:npm:package:development')
if (!values.dev) {
  bom.components = bom.components.filter((component) => !isOfDevelopment(component))
  const kept = new Set([bom.metadata.component, ...bom.components].map((component) => component['bom-ref']))
  bom.dependencies = bom.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((each) => kept.has(each)) }))
}
const written = `${JSON.stringify(bom, null, 2)}\n`
if (values.out === undefined) process.stdout.write(written)
else {
  writeFileSync(resolve(values.out), written)
  console.log(`${bom.components.length} packages are in ${values.out}.`)
}
