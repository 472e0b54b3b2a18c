import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand } from '../command.ts'
import { usageError } from '../failure.ts'
import { note, printJson } from '../output/print.ts'
import { showProgress } from '../output/progress.ts'
import { readKeyText } from './wrapped-key.ts'

type Options = { newKeyFile?: string; json?: boolean }

/** `secrets rotate`: on the machine that holds the master key, not over HTTP, because the key never leaves it. */
export function rotateCommand({ terminal }: Cli): Command {
  return makeCommand(
    'rotate',
    'Replace the master key, here and now, also while everything runs. Interrupted, it is finished by calling it again.',
    ['secrets rotate', 'secrets rotate --new-key-file new.key'],
  )
    .option(
      '--new-key-file <file>',
      'the new key, 32 bytes as base64 or wrapped, or - for standard input: where CROSSWALK_MASTER_KEY holds the old one. Otherwise a key is made',
    )
    .option('--json', 'print what was done as JSON')
    .action(async (options: Options) => {
      // They bring half of the server along, which the other commands have no use for.
      const [
        { readEnvironment },
        { openDatabase },
        { rotateKeyFile },
        { rotateMasterKey },
        { sealedElsewhere },
        { openLocalDatabase },
        { masterKeyOpener },
        { parseGivenMasterKey },
      ] = await Promise.all([
        import('@crosswalk/server/environment'),
        import('@crosswalk/server/database'),
        import('@crosswalk/server/key-files'),
        import('@crosswalk/server/rotation'),
        import('@crosswalk/server/sealed-elsewhere'),
        import('../local/local-database.ts'),
        import('@crosswalk/server/master-key-opener'),
        import('@crosswalk/server/master-key-setting'),
      ])
      const environment = readEnvironment(terminal.env, terminal.cwd)
      const { masterKey: oldKey, dataDir } = environment
      if (oldKey !== null && options.newKeyFile === undefined) {
        throw usageError(
          'The master key is in CROSSWALK_MASTER_KEY. Make a new one with: openssl rand -base64 32, keep it where the next start finds it, and give it with --new-key-file.',
        )
      }
      if (oldKey === null && options.newKeyFile !== undefined)
        throw usageError('The master key is in the data directory, where the new one is made too: leave --new-key-file out.')
      const opener = masterKeyOpener()
      const newKey =
        options.newKeyFile === undefined
          ? undefined
          : await opener.open(parseGivenMasterKey('The new master key', await readKeyText(terminal, options.newKeyFile)))

      const local = await openLocalDatabase(environment)
      const db = openDatabase(local.url, { maxConnections: 2, name: 'crosswalk secrets rotate' })
      const progress = showProgress(terminal, 'Encrypting the secrets again')
      const onProgress = ({ done, total }: { done: number; total: number }) =>
        progress.say(`Encrypting the secrets again: ${done} of ${total}`)
      try {
        const { resealed } =
          oldKey !== null && newKey !== undefined
            ? await rotateMasterKey(db, await opener.open(oldKey), newKey, { onProgress, also: sealedElsewhere })
            : await rotateKeyFile(db, dataDir, { onProgress, also: sealedElsewhere })
        progress.stop()
        if (options.json) return printJson(terminal, { resealed })
        const next =
          newKey === undefined
            ? `The old key is kept beside master.key in ${dataDir}, for backups made under it.`
            : 'Set CROSSWALK_MASTER_KEY to the new key and restart every process.'
        note(terminal, `${resealed} secrets are under the new master key. ${next}`)
      } finally {
        progress.stop()
        await db.close()
        await local.close()
      }
    })
}
