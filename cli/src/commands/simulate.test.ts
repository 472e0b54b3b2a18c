import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { callCli } from '../testing/call-cli.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

test('a simulated vendor prints its URL first and then what connects it, and runs until it is interrupted', async () => {
  const child = spawn(process.execPath, [main, 'simulate', 'halopsa', '--customers', '3'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    if (line.startsWith('Ctrl+C')) break
  }
  const [url = ''] = lines
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
  assert.ok(lines.includes(`  crosswalk config set halopsa_base_url ${url}`), lines.join('\n'))
  const listed = (await (await fetch(`${url}/_control/organizations`)).json()) as { name: string }[]
  assert.equal(listed.filter(({ name }) => name === 'Harbour Dental Ltd').length, 1)
  child.kill('SIGINT')
  assert.deepEqual(await ended, [0, null])
})

test('a vendor that there is not is refused with those that there are', async () => {
  const { code, err } = await callCli(['simulate', 'nobody'])
  assert.equal(code, 2)
  assert.match(err, /There is no simulator 'nobody'\. There are: halopsa, huntress, microsoft_graph, ninjaone/)
})

test('with --json it prints the settings, and its port can be in use', async () => {
  const child = spawn(process.execPath, [main, 'simulate', 'ninjaone', '--json'], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  for await (const chunk of child.stdout) {
    text += String(chunk)
    if (text.endsWith('}\n')) break
  }
  const { url, config } = JSON.parse(text) as { url: string; config: Record<string, string> }
  assert.equal(config.ninjaone_base_url, url)
  const { code, err } = await callCli(['simulate', 'ninjaone', '--port', new URL(url).port])
  assert.equal(code, 1)
  assert.match(err, /is in use/)
  child.kill('SIGTERM')
  await once(child, 'exit')
})
