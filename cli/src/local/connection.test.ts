import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { callCli } from '../testing/call-cli.ts'
import { findConnection } from './connection.ts'

/** A data directory as a running installation has it. */
async function givenInstallation() {
  const path = await mkdtemp(join(tmpdir(), 'crosswalk-cli-'))
  await writeFile(join(path, 'admin-api-key'), 'cwk_local-key-of-the-test\n')
  await writeFile(join(path, 'running.json'), JSON.stringify({ url: 'http://127.0.0.1:7555', pid: 1, started_at: '2025-10-11T10:00:00Z' }))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

test('the local installation is found by its data directory', async () => {
  await using local = await givenInstallation()
  const connection = await findConnection({ env: { CROSSWALK_DATA_DIR: local.path }, cwd: '/' })
  assert.deepEqual(connection, { baseUrl: 'http://127.0.0.1:7555', apiKey: 'cwk_local-key-of-the-test' })
})

test('the environment comes before the local installation', async () => {
  await using local = await givenInstallation()
  const env = { CROSSWALK_DATA_DIR: local.path, CROSSWALK_URL: 'https://crosswalk.example/', CROSSWALK_API_KEY: 'other' }
  assert.deepEqual(await findConnection({ env, cwd: '/' }), { baseUrl: 'https://crosswalk.example', apiKey: 'other' })
})

test("the local installation's key never goes to another server", async () => {
  await using local = await givenInstallation()
  const env = { CROSSWALK_DATA_DIR: local.path, CROSSWALK_URL: 'https://crosswalk.example' }
  await assert.rejects(findConnection({ env, cwd: '/' }), {
    code: 'api_key_missing',
    message: /Set it to an API key of https:\/\/crosswalk\.example, or sign in: crosswalk login\.$/,
  })
})

test('where there is no installation the message says how to get one', async () => {
  const { code, err } = await callCli(['orgs', 'list'])
  assert.equal(code, 1)
  assert.match(
    err,
    /^crosswalk: No installation was found in \/nowhere\/\.crosswalk\. Start one with: crosswalk start\. .*\(api_key_missing\)\n$/,
  )
})

test('a server that does not answer is named, with what to do', async () => {
  const { code, err } = await callCli(['orgs', 'list'], { env: { CROSSWALK_URL: 'http://127.0.0.1:1', CROSSWALK_API_KEY: 'k' } })
  assert.equal(code, 1)
  assert.match(
    err,
    /^crosswalk: Crosswalk at http:\/\/127\.0\.0\.1:1 does not answer.* Start it with: crosswalk start\. If it is elsewhere, set CROSSWALK_URL\. \(server_unreachable\)\n$/,
  )
})

test('an address that is none is a wrong usage', async () => {
  assert.equal((await callCli(['orgs', 'list'], { env: { CROSSWALK_URL: 'localhost', CROSSWALK_API_KEY: 'k' } })).code, 2)
})
