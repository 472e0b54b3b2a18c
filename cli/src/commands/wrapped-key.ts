import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { GivenMasterKey } from '@crosswalk/server/master-key-setting'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand } from '../command.ts'
import { usageError } from '../failure.ts'
import { note, printJson, printLine } from '../output/print.ts'
import type { Terminal } from '../output/terminal.ts'
import { readAll } from './pairs.ts'

type Options = { vaultKey?: string; keyFile?: string; out?: string; json?: boolean }

/** A key in a file, or on standard input where the file is `-`. */
export async function readKeyText(terminal: Terminal, file: string): Promise<string> {
  if (file === '-') return (await readAll(terminal.stdin)).trim()
  const path = resolve(terminal.cwd, file)
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw usageError(`The file ${path} cannot be read (${error.code}).`)
  })
  return text.trim()
}

/** Writes the key files of the data directory in another form, on the machine that has them. */
async function rewriteHere(terminal: Terminal, rewrite: (given: GivenMasterKey) => Promise<GivenMasterKey>): Promise<{ files: number }> {
  const [
    { readEnvironment },
    { openDatabase },
    { notStartedYet, requireKeyFile, rewriteKeyFiles },
    { isMigrated },
    { hasLocalDatabase, openLocalDatabase },
  ] = await Promise.all([
    import('@crosswalk/server/environment'),
    import('@crosswalk/server/database'),
    import('@crosswalk/server/key-files'),
    import('@crosswalk/server/migrate'),
    import('../local/local-database.ts'),
  ])
  const environment = readEnvironment(terminal.env, terminal.cwd)
  if (!(await hasLocalDatabase(environment))) throw notStartedYet(environment.dataDir)
  await requireKeyFile(environment.dataDir)
  const local = await openLocalDatabase(environment)
  const db = openDatabase(local.url, { maxConnections: 2, name: 'crosswalk secrets wrap-key' })
  try {
    if (!(await isMigrated(db))) throw notStartedYet(environment.dataDir)
    return await rewriteKeyFiles(db, environment.dataDir, rewrite)
  } finally {
    await db.close()
    await local.close()
  }
}

/** The key that is meant: of the file, or as it is set; undefined where it is the data directory's. */
async function readGiven(terminal: Terminal, keyFile: string | undefined): Promise<GivenMasterKey | undefined> {
  const { parseGivenMasterKey } = await import('@crosswalk/server/master-key-setting')
  if (keyFile !== undefined) return parseGivenMasterKey('The key', await readKeyText(terminal, keyFile))
  const { readEnvironment } = await import('@crosswalk/server/environment')
  return readEnvironment(terminal.env, terminal.cwd).masterKey ?? undefined
}

async function writeOut(terminal: Terminal, out: string, text: string): Promise<void> {
  const { replaceFile } = await import('@crosswalk/server/kept-files')
  await replaceFile(resolve(terminal.cwd, out), `${text}\n`)
}

const keyFileOption = ['--key-file <file>', 'the key to take, or - for standard input. Default: the one that Crosswalk uses'] as const

/** `secrets wrap-key`: on the machine that holds the master key and may use the vault's. */
export function wrapKeyCommand({ terminal }: Cli): Command {
  return makeCommand(
    'wrap-key',
    "Wrap the master key with a key of Azure Key Vault, also while everything runs. Again after the vault's key was rotated: then with its newest version.",
    [
      'secrets wrap-key --vault-key https://my-vault.vault.azure.net/keys/crosswalk',
      'secrets wrap-key',
      'secrets wrap-key --vault-key https://my-vault.vault.azure.net/keys/crosswalk --key-file new.key --out wrapped.key',
    ],
  )
    .option('--vault-key <url>', "the address of the vault's key; may be left out where the master key is wrapped already")
    .option(...keyFileOption)
    .option('--out <file>', 'where to write the wrapped key. Default: the data directory where the key is there, else it is printed')
    .option('--json', 'print what was done as JSON')
    .action(async ({ vaultKey, keyFile, out, json }: Options) => {
      const [{ masterKeyOpener, newestOf, textOfGiven }, { openVaultKeys }] = await Promise.all([
        import('@crosswalk/server/master-key-opener'),
        import('@crosswalk/server/vault-keys'),
      ])
      const vaultKeys = openVaultKeys()
      const opener = masterKeyOpener(async () => vaultKeys)
      const wrappedBy = new Set<string>()
      const wrap = async (given: GivenMasterKey) => {
        const by = vaultKey ?? (typeof given === 'string' ? undefined : newestOf(given))
        if (by === undefined)
          throw usageError('Say with which key of the vault: --vault-key https://my-vault.vault.azure.net/keys/crosswalk')
        const wrapped = await vaultKeys.wrap(by, await opener.open(given))
        wrappedBy.add(wrapped.vaultKey)
        return wrapped
      }
      const given = await readGiven(terminal, keyFile)
      if (given === undefined) {
        if (out !== undefined) throw usageError('The master key is in the data directory, where it is wrapped: leave --out out.')
        const { files } = await rewriteHere(terminal, wrap)
        if (json) return printJson(terminal, { vault_keys: [...wrappedBy], files })
        return note(
          terminal,
          `The master key is wrapped by ${[...wrappedBy].join(' and ')}. Nothing has to be restarted. Delete copies of the key from before, and see that what starts Crosswalk may use the vault's key.`,
        )
      }
      const text = textOfGiven(await wrap(given))
      if (out !== undefined) await writeOut(terminal, out, text)
      if (json) return printJson(terminal, { vault_keys: [...wrappedBy], ...(out === undefined ? { wrapped_key: text } : { out }) })
      if (out === undefined) printLine(terminal, text)
      note(
        terminal,
        `The master key is wrapped by ${[...wrappedBy].join(' and ')}. Set it where Crosswalk reads the master key: CROSSWALK_MASTER_KEY, or the file or command that has it.`,
      )
    })
}

/** `secrets unwrap-key`: the way back. It prints no key. */
export function unwrapKeyCommand({ terminal }: Cli): Command {
  return makeCommand('unwrap-key', 'Write the master key plain again, where it is wrapped by a key of Azure Key Vault.', [
    'secrets unwrap-key',
    'secrets unwrap-key --key-file wrapped.key --out plain.key',
  ])
    .option(...keyFileOption)
    .option('--out <file>', 'where to write the plain key, readable for its owner only. Default: the data directory where the key is there')
    .option('--json', 'print what was done as JSON')
    .action(async ({ keyFile, out, json }: Options) => {
      const { masterKeyOpener } = await import('@crosswalk/server/master-key-opener')
      const opener = masterKeyOpener()
      const given = await readGiven(terminal, keyFile)
      if (given === undefined) {
        if (out !== undefined) throw usageError('The master key is in the data directory, where it is unwrapped: leave --out out.')
        const { files } = await rewriteHere(terminal, opener.open)
        if (json) return printJson(terminal, { files })
        return note(
          terminal,
          files === 0
            ? 'The master key in the data directory was plain already. Nothing was changed.'
            : 'The master key in the data directory is plain again. Nothing has to be restarted.',
        )
      }
      if (out === undefined) throw usageError('Say where to write the plain key: --out plain.key')
      await writeOut(terminal, out, await opener.open(given))
      if (json) return printJson(terminal, { out })
      const was = typeof given === 'string' ? 'The key was plain already. ' : ''
      note(terminal, `${was}The plain master key is in ${resolve(terminal.cwd, out)}. Set it where Crosswalk reads the master key.`)
    })
}
