import {
  type CreateOrganizationFieldBody,
  createOrganizationField,
  deleteOrganizationField,
  listOrganizationFields,
  type OrganizationField,
  updateOrganizationField,
} from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand, makeGroup } from '../command.ts'
import { usageError } from '../failure.ts'
import { changingCall, type IfMatch, ifMatchOption } from '../if-match.ts'
import { yesOrNo } from '../output/format.ts'
import { note, printAnswer, printFields, printTable } from '../output/print.ts'
import type { Column } from '../output/table.ts'
import { gather } from './pairs.ts'

const columns: Column<OrganizationField>[] = [
  { title: 'NAME', value: ({ name }) => name, isWhole: true },
  { title: 'LABEL', value: ({ label }) => label },
  { title: 'TYPE', value: ({ type }) => type },
  { title: 'REQUIRED', value: ({ is_required }) => yesOrNo(is_required) },
  { title: 'CHOICES', value: ({ choices }) => choices.join(', ') || '-' },
]

type Options = { label?: string; choice?: string[]; required?: boolean; json?: boolean }

/** `orgs fields`: what every organization may have a value of. */
export function organizationFieldCommands(cli: Cli): Command {
  const { terminal } = cli
  const show = (field: OrganizationField, options: { json?: boolean }) =>
    printAnswer(terminal, field, options, ({ name, label, type, is_required, choices }) =>
      printFields(terminal, { Name: name, Label: label, Type: type, Required: yesOrNo(is_required), Choices: choices.join(', ') || '-' }),
    )

  const list = makeCommand('list', 'List the custom fields of organizations.', ['orgs fields list'])
    .option('--json', "print the server's JSON")
    .action(async (options: { json?: boolean }) => {
      printAnswer(terminal, await listOrganizationFields(await cli.call()), options, ({ fields }) => {
        if (fields.length > 0) printTable(terminal, fields, columns)
        else note(terminal, 'Organizations have no custom fields. Define one with: crosswalk orgs fields define tier --type text')
      })
    })

  const define = makeCommand('define', 'Define a custom field for all organizations.', [
    'orgs fields define tier --label "Service tier" --type choice --choice Gold --choice Silver',
  ])
    .argument('<name>', 'in lower case')
    .requiredOption('--type <type>', 'text, number, yes_no, date, choice or url')
    .option('--label <text>', 'what people call it')
    .option('--choice <text>', 'what can be chosen; may be repeated', gather)
    .option('--required', 'whoever adds an organization gives it a value')
    .option('--json', "print the server's JSON")
    .action(async (name: string, options: Options & { type: string }) => {
      const body = {
        name,
        label: options.label ?? name,
        type: options.type as CreateOrganizationFieldBody['type'], // the server says which types there are
        ...(options.choice ? { choices: options.choice } : {}),
        ...(options.required ? { is_required: true } : {}),
      }
      show(await createOrganizationField(body, await cli.call()), options)
    })

  const update = makeCommand('update', 'Change a custom field. Its type stays.', ['orgs fields update tier --label "Tier" --optional'])
    .argument('<name>')
    .option('--label <text>')
    .option('--choice <text>', 'the choices instead of those that it has; may be repeated', gather)
    .option('--required', 'whoever adds an organization gives it a value')
    .option('--optional', 'nobody needs to')
    .option('--json', "print the server's JSON")
    .addOption(ifMatchOption())
    .action(async (name: string, options: Options & IfMatch & { optional?: boolean }) => {
      const patch = {
        ...(options.label === undefined ? {} : { label: options.label }),
        ...(options.choice ? { choices: options.choice } : {}),
        ...(options.required || options.optional ? { is_required: options.required === true } : {}),
      }
      if (Object.keys(patch).length === 0) throw usageError('Say what to change: --label, --choice, --required or --optional.')
      show(await updateOrganizationField(name, patch, await changingCall(cli, options)), options)
    })

  const remove = makeCommand('delete', 'Delete a custom field, with the value that each organization has of it.', [
    'orgs fields delete tier',
  ])
    .argument('<name>')
    .option('--json', "print the server's JSON")
    .addOption(ifMatchOption())
    .action(async (name: string, options: IfMatch & { json?: boolean }) => {
      const answer = await deleteOrganizationField(name, await changingCall(cli, options))
      printAnswer(terminal, answer, options, ({ organizations }) =>
        note(terminal, `Deleted ${name}. ${organizations === 1 ? '1 organization' : `${organizations} organizations`} had a value.`),
      )
    })

  return makeGroup('fields', 'The custom fields of organizations.', ['orgs fields list'], [list, define, update, remove])
}
