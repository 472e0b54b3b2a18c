import { type CreateRoleBody, createRole, deleteRole, listRoles, type Role, type UpdateRoleBody, updateRole } from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand, makeGroup } from '../command.ts'
import { usageError } from '../failure.ts'
import { yesOrNo } from '../output/format.ts'
import { note, printAnswer, printFields, printTable } from '../output/print.ts'
import type { Column } from '../output/table.ts'
import { gather } from './pairs.ts'

const columns: Column<Role>[] = [
  { title: 'NAME', value: ({ name }) => name, isWhole: true },
  { title: 'YOUR OWN', value: ({ is_built_in }) => yesOrNo(!is_built_in) },
  { title: 'DESCRIPTION', value: ({ description }) => description },
  { title: 'PERMISSIONS', value: ({ permissions }) => permissions.join(', ') },
]

export function roleCommands(cli: Cli): Command {
  const { terminal } = cli
  const show = (role: Role, options: { json?: boolean }) =>
    printAnswer(terminal, role, options, ({ name, description, permissions }) =>
      printFields(terminal, { Name: name, Description: description, Permissions: permissions.join(', ') || '-' }),
    )

  const list = makeCommand('list', 'List roles, those that come along first.', ['roles list'])
    .option('--json', "print the server's JSON")
    .action(async (options: { json?: boolean }) => {
      printAnswer(terminal, await listRoles(await cli.call()), options, ({ roles }) => printTable(terminal, roles, columns))
    })

  const permissionHelp = 'what it gives, by its name in the API; may be repeated'
  const create = makeCommand('create', 'Make a role of your own.', [
    'roles create auditor --description "Reads the audit" --permission canViewAudit',
  ])
    .argument('<name>', 'in lower case')
    .requiredOption('--description <text>', 'what it is for')
    .option('--permission <name>', permissionHelp, gather)
    .option('--json', "print the server's JSON")
    .action(async (name: string, options: { description: string; permission?: string[]; json?: boolean }) => {
      // The server says which names there are.
      const permissions = (options.permission ?? []) as CreateRoleBody['permissions']
      show(await createRole({ name, description: options.description, permissions }, await cli.call()), options)
    })

  const update = makeCommand('update', 'Change a role of your own, for everyone who has it.', [
    'roles update auditor --permission canViewAudit --permission canViewExecutions',
  ])
    .argument('<name>')
    .option('--description <text>')
    .option('--permission <name>', `instead of those that it has: ${permissionHelp}`, gather)
    .option('--json', "print the server's JSON")
    .action(async (name: string, options: { description?: string; permission?: string[]; json?: boolean }) => {
      const patch: UpdateRoleBody = {
        ...(options.description === undefined ? {} : { description: options.description }),
        ...(options.permission ? { permissions: options.permission as NonNullable<UpdateRoleBody['permissions']> } : {}), // as above
      }
      if (Object.keys(patch).length === 0) throw usageError('Say what to change: --description or --permission.')
      show(await updateRole(name, patch, await cli.call()), options)
    })

  const remove = makeCommand('delete', 'Delete a role of your own that nobody has.', ['roles delete auditor'])
    .argument('<name>')
    .option('--json', "print the server's JSON, which is none")
    .action(async (name: string, options: { json?: boolean }) => {
      await deleteRole(name, await cli.call())
      if (!options.json) note(terminal, `Deleted ${name}.`)
    })

  return makeGroup('roles', 'Names for permissions that are granted together.', ['roles list'], [list, create, update, remove])
}
