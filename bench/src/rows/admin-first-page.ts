import { get } from 'node:http'
import type { Opened } from '../../../e2e/browser.ts'
import type { Admin } from '../admin-browser.ts'
import type { Bench } from '../bench.ts'
import { type Line, limitLine, ms } from '../line.ts'
import { alternate, median } from '../statistics.ts'

type Page = Opened['page']

/** The bytes of a file's body as they travel to a browser that takes gzip and nothing better. */
function bytesOf(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': 'gzip, deflate' } }, async (response) => {
      let bytes = 0
      for await (const chunk of response) bytes += (chunk as Buffer).length // a response without an encoding gives buffers
      resolve(bytes)
    }).on('error', reject)
  })
}

/** Opens the list of organizations, and searches in it. Resolves when the answer is there. */
async function openAndSearch(page: Page): Promise<void> {
  await page.goto('/organizations', { waitUntil: 'commit' })
  await page.getByRole('link', { name: 'Organization 0', exact: true }).waitFor()
  await page.getByRole('searchbox', { name: 'Search by name or domain' }).fill('org777.example')
  await page.getByText('1 organization', { exact: true }).waitFor()
}

/** From going there until the list of organizations is there and its search has answered, in a browser that has nothing of it. */
export async function measureFirstPage(bench: Bench, { platform, browser, open }: Admin): Promise<Line[]> {
  const { context: signedIn } = await open('/organizations')
  const storageState = await signedIn.storageState()
  await signedIn.close()
  const scripts = new Set<string>()
  const cold = async (visit: (page: Page) => Promise<unknown>) => {
    const context = await browser.newContext({ baseURL: platform.url, storageState, viewport: { width: 1280, height: 900 } })
    const page = await context.newPage()
    page.on('request', (request) => {
      if (request.resourceType() === 'script') scripts.add(request.url())
    })
    const startedAt = performance.now()
    await visit(page)
    const tookMs = performance.now() - startedAt
    await context.close()
    return tookMs
  }
  const loads = await alternate(
    bench.turns + 2,
    () => cold(openAndSearch),
    // The smallest document that the same server has.
    () => cold((page) => page.goto('/icon.svg')),
  )
  const sizes = await Promise.all([...scripts].map(bytesOf))
  const [ours, yardstick] = [median(loads.ours), median(loads.yardstick)]
  return [
    {
      ...limitLine('first page, nothing cached: the list of organizations is there and its search has answered', ours / 1_000, 1.5, 's'),
      yardstick: `${ms(yardstick)}, a picture of the same server`,
    },
    limitLine(
      `its scripts (${sizes.length} files), compressed with gzip as served`,
      sizes.reduce((sum, size) => sum + size, 0) / 1_000,
      350,
      'KB',
    ),
  ]
}
