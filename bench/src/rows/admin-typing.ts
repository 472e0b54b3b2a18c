import type { Admin } from '../admin-browser.ts'
import { type Line, limitLine } from '../line.ts'
import { organizationId } from '../many-mappings.ts'
import { median, percentile } from '../statistics.ts'

const words = ['harbour', 'silver lake motors', '1007']
/** A person types no faster than this; what the page still changes until the next key belongs to this one. */
const betweenKeysMs = 150

type Answer = { pressedAt: number; paintedAt: number }

/** Runs in the page: notes each key, and when the last change that it made to the page was painted. */
function watchKeys(): void {
  const answers: Answer[] = []
  Object.assign(window, { answers })
  const painted = () => {
    const answer = answers.at(-1)
    const channel = new MessageChannel()
    // After the frame in which the change stands was drawn.
    channel.port1.onmessage = () => {
      if (answer) answer.paintedAt = performance.now()
    }
    requestAnimationFrame(() => channel.port2.postMessage(null))
  }
  addEventListener('keydown', (event) => answers.push({ pressedAt: event.timeStamp, paintedAt: Number.NaN }), { capture: true })
  // The search, its list and its count; what else the page changes meanwhile is no answer to a key.
  const list = document.querySelector('[role=listbox][aria-label="External organizations"]')?.parentElement?.parentElement
  new MutationObserver(painted).observe(list ?? document.body, { subtree: true, childList: true, characterData: true, attributes: true })
}

/** From a key in the search above 10,000 external organizations until the list that it leaves is painted. */
export async function measureTyping({ open }: Admin): Promise<Line[]> {
  const path = `/organizations/${organizationId(0)}/integrations?mapping=new&integration=bench_vendor`
  const { page, context } = await open(path)
  await page.getByRole('button', { name: 'Discover Organizations' }).click()
  await page.getByText('10,000 of 10,000').waitFor()
  const search = page.getByRole('combobox', { name: 'Search the external organizations' })
  // Who is mapped to which comes after the list.
  await page.waitForLoadState('networkidle')
  await page.evaluate(watchKeys)
  for (const word of words) {
    await search.pressSequentially(word, { delay: betweenKeysMs })
    await page.getByText(/^[\d,]+ of 10,000$/).waitFor()
    for (let key = 0; key < word.length; key++) await search.press('Backspace', { delay: betweenKeysMs })
  }
  await page.getByText('10,000 of 10,000').waitFor()
  const answers = await page.evaluate(() => (window as unknown as { answers: Answer[] }).answers) // put there by watchKeys
  await context.close()
  const latencies = answers.map(({ pressedAt, paintedAt }) => paintedAt - pressedAt)
  const keys = 2 * words.join('').length
  if (latencies.length !== keys || latencies.some((latency) => !(latency > 0)))
    throw new Error(`Of ${keys} keys the page answered ${latencies.filter((latency) => latency > 0).length}.`)
  return [
    limitLine(
      `a key in the search of 10,000 external organizations until the list is painted, p95 (p50 ${median(latencies).toFixed(0)} ms)`,
      percentile(latencies, 0.95),
      50,
      'ms',
    ),
  ]
}
