import type { Command } from 'commander'
import { Option } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand } from '../command.ts'
import { note, printJson } from '../output/print.ts'
import { showProgress } from '../output/progress.ts'

/** `secrets move`: on a machine that holds the master key and is let into the vault. */
export function moveCommand({ terminal }: Cli): Command {
  return makeCommand(
    'move',
    'Move all secrets into Azure Key Vault, or back into the database, also while everything runs. Each is read from there before it goes here. Interrupted, it is finished by calling it again.',
    ['secrets move --to azure-key-vault', 'secrets move --to database'],
  )
    .addOption(new Option('--to <backend>', 'where to').choices(['database', 'azure-key-vault']).makeOptionMandatory())
    .option('--json', 'print what was done as JSON')
    .action(async ({ to, json }: { to: 'database' | 'azure-key-vault'; json?: boolean }) => {
      // They bring half of the server along, which the other commands have no use for.
      const [
        { readEnvironment },
        { openDatabase },
        { openInstallationKeyring },
        { moveSecrets },
        { openLocalDatabase },
        { removeFromVault },
      ] = await Promise.all([
        import('@crosswalk/server/environment'),
        import('@crosswalk/server/database'),
        import('@crosswalk/server/installation-keyring'),
        import('@crosswalk/server/move'),
        import('../local/local-database.ts'),
        import('@crosswalk/server/vault-removals'),
      ])
      const environment = readEnvironment({ ...terminal.env, CROSSWALK_SECRETS_BACKEND: to }, terminal.cwd)
      const local = await openLocalDatabase(environment)
      const db = openDatabase(local.url, { maxConnections: 2, name: 'crosswalk secrets move' })
      const progress = showProgress(terminal, 'Moving secrets')
      try {
        const keyring = await openInstallationKeyring(db, environment)
        const done = await moveSecrets(db, keyring, { onProgress: (moved) => progress.say(`Moving secrets: ${moved} values`) })
        if (to === 'database' && keyring.inVault) await removeFromVault({ db, vault: keyring.inVault.vault, logger: { info() {} } })
        progress.stop()
        if (json) return printJson(terminal, done)
        const where = to === 'database' ? 'the database' : 'Azure Key Vault'
        const left = done.left === 0 ? '' : ` ${done.left} values of earlier versions could not be read and stay where they are.`
        note(
          terminal,
          `${done.moved} values of secrets were moved to ${where}.${left} New ones go where CROSSWALK_SECRETS_BACKEND says: see that it is ${to} for every process.`,
        )
      } finally {
        progress.stop()
        await db.close()
        await local.close()
      }
    })
}
