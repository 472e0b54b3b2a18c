import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { root } from './processes.ts'

type Component = {
  'bom-ref': string
  type: string
  name: string
  version: string
  purl: string
  hashes?: { alg: string }[]
  properties?: { name: string }[]
}
type Bom = {
  bomFormat: string
  specVersion: string
  serialNumber: string
  version: number
  metadata: { timestamp: string; component: Component }
  components: Component[]
  dependencies: { ref: string; dependsOn?: string[] }[]
}

test('a release says what it is made of, without asking a registry: every package with version, hash and what it needs', async () => {
  const env = { ...process.env, npm_config_registry: 'http://127.0.0.1:9', npm_config_offline: 'true' }
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'scripts/sbom.ts')], { env, maxBuffer: 64 * 1024 * 1024 })
  const bom = JSON.parse(stdout) as Bom
  assert.deepEqual([bom.bomFormat, bom.version, bom.metadata.component.name], ['CycloneDX', 1, 'crosswalk-platform'])
  assert.match(bom.specVersion, /^1\.[5-9]$/)
  assert.match(bom.serialNumber, /^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  const refs = [bom.metadata.component, ...bom.components].map((component) => component['bom-ref'])
  assert.equal(new Set(refs).size, refs.length)
  for (const { ref, dependsOn = [] } of bom.dependencies)
    for (const each of [ref, ...dependsOn]) assert.ok(refs.includes(each), `${each} is named, and is no component`)
  for (const component of bom.components) {
    assert.match(component.purl, /^pkg:npm\//)
    const isOurs = component.properties?.some(({ name }) => name === 'cdx:npm:package:private') ?? false
    assert.ok(isOurs || component.hashes?.[0]?.alg === 'SHA-512', `${component['bom-ref']} has no hash`)
  }
  const { dependencies } = JSON.parse(readFileSync(join(root, 'server/package.json'), 'utf8')) as { dependencies: Record<string, string> }
  for (const [name, version] of Object.entries(dependencies))
    assert.ok(refs.includes(`${name}@${version}`), `${name} ${version} of the server is not in it`)
  assert.ok(!refs.some((ref) => ref.startsWith('@biomejs/biome@')), 'what only checks the code is not released')
})
