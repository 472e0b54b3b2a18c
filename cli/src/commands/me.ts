import { getMe } from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand } from '../command.ts'
import { printAnswer, printFields } from '../output/print.ts'
import { grantText } from './grant-options.ts'
import { organizationHelp, organizationIdOf } from './organization-reference.ts'

const kinds: Record<string, string> = { person: 'person', api_key: 'API key' }

export function meCommand(cli: Cli): Command {
  const { terminal } = cli
  return makeCommand('me', 'Say who you are to the installation, and what you may do.', ['me', 'me --org "Acme Corp"'])
    .option('--org <organization>', `what you may do for one: ${organizationHelp}`)
    .option('--json', "print the server's JSON")
    .action(async (options: { org?: string; json?: boolean }) => {
      const query = options.org === undefined ? {} : { org_id: await organizationIdOf(cli, options.org) }
      printAnswer(terminal, await getMe(query, await cli.call()), options, ({ principal, grants, permissions }) =>
        printFields(terminal, {
          Name: principal.name,
          Kind: kinds[principal.type] ?? principal.type,
          Grants: grants.map(grantText).join('; ') || '-',
          Permissions: permissions.join(', ') || '-',
        }),
      )
    })
}
