import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Connection } from '@crosswalk/client'
import { adminApiKeyFile, readRunning } from '@crosswalk/server/data-directory'
import { CommandError, usageError } from '../failure.ts'
import { readKeptKeys } from './kept-keys.ts'

export type Place = { env: NodeJS.ProcessEnv; cwd: string }

/** The local installation's folder, as the server finds it too. */
export function dataDirectoryOf({ env, cwd }: Place): string {
  return resolve(cwd, env.CROSSWALK_DATA_DIR?.trim() || '.crosswalk')
}

/** @param where it was named */
export function addressOf(text: string, where = 'CROSSWALK_URL'): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && /^https?:$/.test(url.protocol) && !url.search && !url.hash) return url.href.replace(/\/+$/, '')
  throw usageError(`${where} is ${JSON.stringify(text)}, which is no address. Set it to something like http://127.0.0.1:7071.`)
}

async function readLocalKey(dataDir: string): Promise<string | undefined> {
  const text = await readFile(adminApiKeyFile(dataDir), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EACCES')
      throw new CommandError(
        'api_key_not_readable',
        `The API key in ${adminApiKeyFile(dataDir)} belongs to another user. Run this as that user, or set CROSSWALK_API_KEY.`,
      )
    return ''
  })
  return text.trim() || undefined
}

/** Where the installation is that `login` is for: CROSSWALK_URL, else the one of this machine. */
export async function findAddress(place: Place): Promise<string> {
  const named = place.env.CROSSWALK_URL?.trim()
  if (named) return addressOf(named)
  const running = await readRunning(dataDirectoryOf(place))
  return addressOf(running?.url ?? `http://127.0.0.1:${place.env.CROSSWALK_PORT?.trim() || 7071}`)
}

/**
 * Where the server is and with which key to ask it: CROSSWALK_URL and CROSSWALK_API_KEY, else what `login` got for that address, else the
 * installation in the local data directory, else the one that was signed in to last.
 * The local key never goes to an address that the environment names, unless that is the local installation's own.
 *
 * @throws CommandError api_key_missing, api_key_not_readable, credentials_unreadable
 */
export async function findConnection(place: Place): Promise<Connection> {
  const given = (name: string) => place.env[name]?.trim() || undefined
  const dataDir = dataDirectoryOf(place)
  const running = await readRunning(dataDir)
  const named = given('CROSSWALK_URL')
  const local = running?.url ?? `http://127.0.0.1:${given('CROSSWALK_PORT') ?? 7071}`
  const baseUrl = addressOf(named ?? local)
  const apiKey = given('CROSSWALK_API_KEY')
  if (apiKey !== undefined) return { baseUrl, apiKey }
  const isLocal = new URL(baseUrl).origin === new URL(local).origin
  const localKey = isLocal ? (given('CROSSWALK_ADMIN_API_KEY') ?? (await readLocalKey(dataDir))) : undefined
  const kept = await readKeptKeys(place.env)
  const signedIn = named === undefined ? undefined : kept.keys[baseUrl]
  if (signedIn !== undefined) return { baseUrl, apiKey: signedIn }
  if (localKey !== undefined) return { baseUrl, apiKey: localKey }
  const last = named === undefined && kept.current !== null ? kept.keys[kept.current] : undefined
  if (last !== undefined && kept.current !== null) return { baseUrl: kept.current, apiKey: last }
  if (named !== undefined)
    throw new CommandError(
      'api_key_missing',
      `CROSSWALK_URL is set and CROSSWALK_API_KEY is not. Set it to an API key of ${baseUrl}, or sign in: crosswalk login.`,
    )
  throw new CommandError(
    'api_key_missing',
    `No installation was found in ${dataDir}. Start one with: crosswalk start. For one elsewhere sign in with crosswalk login --url, set CROSSWALK_URL and CROSSWALK_API_KEY, or CROSSWALK_DATA_DIR to its data directory.`,
  )
}
