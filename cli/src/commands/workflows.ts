import { listWorkflows, type Workflow } from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand, makeGroup } from '../command.ts'
import { addPageOptions, type PageOptions, showList } from '../output/listing.ts'
import type { Column } from '../output/table.ts'
import { noteProblems } from './integrations.ts'

/** The names of the parameters of a JSON Schema, with an asterisk where one must be given. */
export function parameterNames(schema: Readonly<Record<string, unknown>>): string {
  const { properties, required } = schema as { properties?: object; required?: string[] } // a JSON Schema of an object
  return (
    Object.keys(properties ?? {})
      .map((name) => (required?.includes(name) ? `${name}*` : name))
      .join(', ') || '-'
  )
}

const columns: Column<Workflow>[] = [
  { title: 'NAME', value: ({ name }) => name, isWhole: true },
  { title: 'CATEGORY', value: ({ category }) => category || '-' },
  { title: 'PARAMETERS', value: ({ parameters_schema }) => parameterNames(parameters_schema) },
  { title: 'DESCRIPTION', value: ({ description }) => description || '-' },
]

export function workflowCommands(cli: Cli): Command {
  const list = addPageOptions(
    makeCommand('list', 'List workflows by name. A parameter with an asterisk must be given.', ['workflows list']),
  ).action(async (options: PageOptions) => {
    const call = await cli.call()
    await showList(cli.terminal, options, {
      key: 'workflows',
      read: async (page) => {
        const body = await listWorkflows(page, call)
        if (!options.json) noteProblems(cli, body.problems)
        return body
      },
      columns,
      whenEmpty: 'There are no workflows. Write one in the workflows/ folder of the workspace.',
    })
  })
  return makeGroup('workflows', 'What can be run.', ['workflows list'], [list])
}
