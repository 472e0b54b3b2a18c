import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { violationsOf } from './axe.ts'
import { launchBrowser, openSignedIn } from './browser.ts'
import { type Installation, startInstallation } from './installation.ts'

const cli = join(dirname(import.meta.dirname), 'cli/bin/crosswalk.js')
let installation: Installation
let browser: Browser
let folder: string
before(async () => {
  installation = await startInstallation()
  browser = await launchBrowser()
  folder = await mkdtemp(join(tmpdir(), 'crosswalk-login-'))
})
after(async () => {
  await browser?.close()
  await installation?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

type Outcome = { code: number | null; out: string; err: string }

/** The command with a configuration folder of its own. @param onOut is told what it has printed so far */
function callCommand(args: string[], onOut: (text: string) => void = () => {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const env = {
      ...process.env,
      XDG_CONFIG_HOME: folder,
      CROSSWALK_URL: installation.url,
      CROSSWALK_API_KEY: '',
      CROSSWALK_DATA_DIR: folder,
    }
    const child = execFile(process.execPath, [cli, ...args], { env }, (_error, out, err) => resolve({ code: child.exitCode, out, err }))
    let text = ''
    child.stdout?.on('data', (chunk: string) => {
      text += chunk
      onOut(text)
    })
  })
}

test('a command line signs in by a code that is confirmed in the browser, and is signed out there', async () => {
  const shown = Promise.withResolvers<string>()
  const login = callCommand(['login'], (text) => {
    const code = /code (\S+)/.exec(text)?.[1]
    if (code !== undefined) shown.resolve(code)
  })
  const code = await shown.promise
  const { page, context, failures } = await openSignedIn(browser, installation, { path: '/device' })
  await page.getByRole('textbox', { name: 'Code' }).fill(code.toLowerCase().replace('-', ''))
  await page.getByRole('button', { name: 'Look it up' }).click()
  await page.getByText('It will be allowed what you are allowed, and never more:').waitFor()
  assert.deepEqual(await violationsOf(page), [])
  await page.getByRole('button', { name: 'Let it in' }).click()
  await page.getByText('It is let in.').waitFor()
  const { code: exit, err } = await login
  assert.equal(exit, 0, err)
  const me = await callCommand(['me'])
  assert.match(me.out, /Command line: /)

  await page.goto('/profile')
  await page.getByRole('button', { name: /^Sign out Command line: / }).click()
  await page.getByText('None is signed in.').waitFor()
  assert.deepEqual(failures, [])
  assert.equal((await callCommand(['me'])).code, 1)
  await context.close()
})

test('a code that nobody waits with is told', async () => {
  const { page, context } = await openSignedIn(browser, installation, { path: '/device?code=BBBB-BBBB' })
  await page.getByText('No command line waits with this code.').waitFor()
  await context.close()
})
