import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { askDevice, type CallOptions, getMe, isApiError, removeDevice, startDevice } from '@crosswalk/client'
import { isLoopbackName } from '@crosswalk/server/addresses'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand } from '../command.ts'
import { usageError } from '../failure.ts'
import { addressOf, findAddress } from '../local/connection.ts'
import { readKeptKeys, writeKeptKeys } from '../local/kept-keys.ts'
import { note, printLine } from '../output/print.ts'

/**
 * A key that is sent without TLS to another machine can be read by all that are on the way.
 *
 * @throws usage
 */
function requireTls(baseUrl: string, allowsHttp: boolean): void {
  const { protocol, hostname: host } = new URL(baseUrl)
  const isThisMachine = isLoopbackName(host.replaceAll(/[[\]]/g, ''))
  if (protocol === 'https:' || isThisMachine || allowsHttp) return
  throw usageError(
    `${baseUrl} has no TLS, so your key could be read on the way. Use https://, or say --allow-http if you trust that network.`,
  )
}

/** Asks until somebody has decided in a browser. @throws expired_token, access_denied */
async function waitForKey(call: CallOptions, code: string, intervalSeconds: number, signal: AbortSignal): Promise<string> {
  let interval = intervalSeconds
  for (;;) {
    await delay(interval * 1_000, undefined, { signal })
    try {
      return (await askDevice({ device_code: code }, call)).key
    } catch (error) {
      if (!isApiError(error)) throw error
      const wanted = error.details.interval
      if (error.code === 'authorization_pending' || error.code === 'slow_down') interval = typeof wanted === 'number' ? wanted : interval
      else throw error
    }
  }
}

export function loginCommand(cli: Cli): Command {
  const { terminal } = cli
  return makeCommand('login', 'Sign in to an installation, by confirming a code in a browser.', [
    'login --url https://crosswalk.example.com',
  ])
    .option('--url <address>', 'of the installation; not given, CROSSWALK_URL, or the one of this machine')
    .option('--allow-http', 'sign in to another machine without TLS')
    .action(async (options: { url?: string; allowHttp?: boolean }) => {
      const baseUrl = options.url === undefined ? await findAddress(terminal) : addressOf(options.url, '--url')
      requireTls(baseUrl, options.allowHttp === true)
      const call: CallOptions = { connection: { baseUrl }, signal: terminal.signal }
      const started = await startDevice({ client_name: hostname().slice(0, 80) || 'command line' }, call)
      printLine(terminal, `Open ${baseUrl}${started.verification_path} in a browser, and confirm the code ${started.user_code}`)
      note(terminal, `Waiting for the confirmation, ${Math.round(started.expires_in / 60)} minutes at most. Ctrl+C ends it.`)
      const key = await waitForKey(call, started.device_code, started.interval, terminal.signal)
      const kept = await readKeptKeys(terminal.env)
      const file = await writeKeptKeys(terminal.env, { current: baseUrl, keys: { ...kept.keys, [baseUrl]: key } })
      const { principal } = await getMe({}, { connection: { baseUrl, apiKey: key }, signal: terminal.signal })
      note(terminal, `Signed in to ${baseUrl} as "${principal.name}". The key is in ${file}, and is listed in your profile.`)
    })
}

export function logoutCommand(cli: Cli): Command {
  const { terminal } = cli
  return makeCommand('logout', 'Sign out of an installation that you signed in to with login.', ['logout'])
    .option('--url <address>', 'of the installation; not given, CROSSWALK_URL, or the one that was signed in to last')
    .action(async (options: { url?: string }) => {
      const kept = await readKeptKeys(terminal.env)
      const given = options.url ?? terminal.env.CROSSWALK_URL?.trim()
      const baseUrl = given ? addressOf(given, options.url === undefined ? 'CROSSWALK_URL' : '--url') : kept.current
      const apiKey = baseUrl === null ? undefined : kept.keys[baseUrl]
      if (baseUrl === null || apiKey === undefined) throw usageError('Nobody is signed in there. See: crosswalk login --help.')
      const call: CallOptions = { connection: { baseUrl, apiKey }, signal: terminal.signal }
      // A key that has ended already is gone here, too.
      await getMe({}, call)
        .then(({ principal }) => removeDevice(principal.id, call))
        .catch((error: unknown) => {
          if (!isApiError(error) || error.status !== 401) throw error
        })
      const { [baseUrl]: _, ...others } = kept.keys
      await writeKeptKeys(terminal.env, { current: kept.current === baseUrl ? null : kept.current, keys: others })
      note(terminal, `Signed out of ${baseUrl}.`)
    })
}
