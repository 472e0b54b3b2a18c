import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '../server/testing/temporary-directory.ts'

const installer = new URL('./install.mjs', import.meta.url).href

/** A checkout that needs one package besides Node, with an npm on the PATH that notes its calls and then does what the lines of shell say. */
async function givenCheckout(place: { path: string }, npm: string) {
  const checkout = join(place.path, 'checkout')
  const bin = join(place.path, 'bin')
  await mkdir(checkout)
  await mkdir(bin)
  const packages = {
    '': { name: 'example' },
    'node_modules/node': { version: '24.0.0' },
    'node_modules/needed': { version: '1.0.0' },
    'node_modules/other-platform': { version: '1.0.0', optional: true },
  }
  await writeFile(join(checkout, 'package-lock.json'), JSON.stringify({ packages }))
  const calls = join(place.path, 'calls')
  await writeFile(join(bin, 'npm'), `#!/bin/sh\necho "$1" >> ${calls}\n${npm}\n`)
  await chmod(join(bin, 'npm'), 0o755)

  const install = async () => {
    const code = `const { installIfMissing } = await import(${JSON.stringify(installer)}); try { await installIfMissing(${JSON.stringify(checkout)}) } catch (error) { console.log(error.message) }`
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: `${bin}${delimiter}/usr/bin${delimiter}/bin` },
    })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    child.stderr.resume()
    await once(child, 'close')
    return said.trim()
  }
  const npmCalls = async () => (await readFile(calls, 'utf8').catch(() => '')).split('\n').filter(Boolean)
  return { checkout, install, npmCalls }
}

const installed = JSON.stringify({ packages: { 'node_modules/node': { version: '24.0.0' }, 'node_modules/needed': { version: '1.0.0' } } })
const makeNode = 'mkdir -p node_modules/node/bin && : > node_modules/node/bin/node'
const succeed = `${makeNode} && echo '${installed}' > node_modules/.package-lock.json`

test('packages are installed once, and again when the lockfile names others', async () => {
  await using place = await temporaryDirectory()
  const { checkout, install, npmCalls } = await givenCheckout(place, succeed)
  assert.equal(await install(), '')
  assert.equal(await install(), '')
  assert.deepEqual(await npmCalls(), ['ci'])
  await writeFile(join(checkout, 'package-lock.json'), JSON.stringify({ packages: { 'node_modules/needed': { version: '2.0.0' } } }))
  assert.equal(await install(), '')
  assert.deepEqual(await npmCalls(), ['ci', 'ci'])
})

test('what npm installed without us is not installed again', async () => {
  await using place = await temporaryDirectory()
  const { checkout, install, npmCalls } = await givenCheckout(place, 'exit 1')
  await mkdir(join(checkout, 'node_modules', 'node', 'bin'), { recursive: true })
  await writeFile(join(checkout, 'node_modules', 'node', 'bin', 'node'), '')
  await writeFile(join(checkout, 'node_modules', '.package-lock.json'), installed)
  assert.equal(await install(), '')
  assert.deepEqual(await npmCalls(), [])
})

test('of several processes at once one installs, and the others continue when it is done', async () => {
  await using place = await temporaryDirectory()
  const { install, npmCalls } = await givenCheckout(place, succeed)
  assert.deepEqual(await Promise.all([install(), install(), install()]), ['', '', ''])
  assert.deepEqual(await npmCalls(), ['ci'])
})

test('Node is made up for where npm was told not to run the script that brings it', async () => {
  await using place = await temporaryDirectory()
  const { install, npmCalls } = await givenCheckout(
    place,
    `if [ "$1" = rebuild ]; then ${makeNode}; else mkdir -p node_modules && echo '${installed}' > node_modules/.package-lock.json; fi`,
  )
  assert.equal(await install(), '')
  assert.deepEqual(await npmCalls(), ['ci', 'rebuild'])
})

test('a failure is one sentence with what npm said, and the next command tries again', async () => {
  await using place = await temporaryDirectory()
  const { install, npmCalls } = await givenCheckout(
    place,
    'echo "npm error network request to https://registry.example failed" >&2; exit 1',
  )
  assert.match(
    await install(),
    /^The packages could not be installed after \d+ s: network request to https:\/\/registry\.example failed\. Check the connection .*$/,
  )
  await install()
  assert.deepEqual(await npmCalls(), ['ci', 'ci'])
})

test('without npm the sentence says where to get it', async () => {
  await using place = await temporaryDirectory()
  const { install } = await givenCheckout(place, '')
  await rm(join(place.path, 'bin', 'npm'))
  const hasSystemNpm = await readFile('/usr/bin/npm').then(
    () => true,
    () => false,
  )
  if (!hasSystemNpm && !process.env.npm_execpath) assert.match(await install(), /^npm is not on the PATH/)
})
