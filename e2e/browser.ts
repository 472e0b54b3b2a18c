import { existsSync } from 'node:fs'
import chromium from '@sparticuz/chromium'
import { type Browser, type BrowserContext, chromium as launcher, type Page } from 'playwright-core'
import { unpackedChromium } from './chromium.ts'

const installed = [
  process.env.CHROME_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** The Chromium of the npm registry on Linux x64; an installed one elsewhere. */
export async function launchBrowser(): Promise<Browser> {
  if (process.platform === 'linux' && process.arch === 'x64') {
    const executablePath = await unpackedChromium()
    const args = chromium.args.filter((arg) => !/web-security|insecure-content|single-process|no-zygote|gpu|angle|swiftshader/.test(arg))
    args.push('--disable-gpu')
    const launch = () => launcher.launch({ executablePath, args, headless: true })
    // This build crashes at a start now and then, which says nothing about what is tested.
    return launch().catch(launch)
  }
  const executablePath = installed.find((path) => path !== undefined && existsSync(path))
  if (!executablePath) throw new Error('A real browser is needed: Chromium or Chrome. Install one, or set CHROME_PATH to its program.')
  return launcher.launch({ executablePath, headless: true })
}

/** Late, as `until` is: a busy machine is no fault, and where nothing is wrong nobody waits for it. */
const maxWaitMs = 60_000

/** What signing in needs of an installation. */
type Server = { url: string; call: (method: 'POST', path: string) => Promise<unknown> }

export type Opened = { page: Page; context: BrowserContext /** What the page's scripts failed of. */; failures: string[] }

/** A browser that has signed in, as the link of `npm start` does it. */
export async function openSignedIn(
  browser: Browser,
  installation: Server,
  options: { path?: string; scheme?: 'light' | 'dark'; width?: number; height?: number; locale?: string } = {},
): Promise<Opened> {
  const context = await browser.newContext({
    baseURL: installation.url,
    colorScheme: options.scheme ?? 'light',
    viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
    reducedMotion: 'reduce',
    ...(options.locale ? { locale: options.locale } : {}),
  })
  context.setDefaultTimeout(maxWaitMs)
  const page = await context.newPage()
  const failures: string[] = []
  page.on('pageerror', (error) => failures.push(error.message))
  page.on('console', (message) => {
    // The browser reports every answer of 4xx and 5xx; the page shows those itself.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) failures.push(message.text())
  })
  const { token } = (await installation.call('POST', '/session/tokens')) as { token: string }
  await page.goto(`/sign-in?next=${encodeURIComponent(options.path ?? '/organizations')}#token=${token}`)
  await page
    .getByRole('navigation', { name: 'Pages' })
    .or(page.getByRole('button', { name: 'Open the navigation' }))
    .first()
    .waitFor()
  return { page, context, failures }
}
