import AxeBuilder from '@axe-core/playwright'
import type { Page } from 'playwright-core'

type Violation = { id: string; nodes: { html: string }[] }
type Axe = { run(within: string | Document, options: object): Promise<{ violations: Violation[] }> }

/** Its report of what is in order takes time, and nobody reads it. */
const options = { resultTypes: ['violations'] }

/**
 * What axe finds wrong. What took most of its time is left out: a second page for the results, which only pages with frames of other
 * origins need, and giving it to a page that has it already.
 *
 * @param within a selector of the part to look at. Default: the whole page.
 */
export async function violationsOf(page: Page, within?: string): Promise<string[]> {
  const again = await page.evaluate(
    async ({ within, options }) => {
      const { axe } = globalThis as { axe?: Axe }
      return (await axe?.run(within ?? document, options))?.violations.map(({ id, nodes }) => ({ id, html: nodes[0]?.html }))
    },
    { within, options },
  )
  if (again) return again.map(sentenceOf)
  const builder = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode()
  const { violations } = await (within === undefined ? builder : builder.include(within)).analyze()
  return violations.map(({ id, nodes }) => sentenceOf({ id, html: nodes[0]?.html }))
}

function sentenceOf({ id, html }: { id: string; html: string | undefined }): string {
  return `${id}: ${html?.slice(0, 200)}`
}

/** What axe finds wrong in light and in dark colours. The page is left in light ones. */
export async function violationsInBothSchemes(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const scheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    await page.locator(`html[data-mantine-color-scheme=${scheme}]`).waitFor()
    found.push(...(await violationsOf(page)).map((violation) => `${scheme}: ${violation}`))
  }
  return found
}
