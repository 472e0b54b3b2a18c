import {
  activatePerson,
  createInvitation,
  createPasswordReset,
  deactivatePerson,
  invitePerson,
  listPeople,
  type Person,
  type PersonLink,
  removePerson,
} from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand, makeGroup } from '../command.ts'
import { CommandError } from '../failure.ts'
import { time } from '../output/format.ts'
import { addPageOptions, type PageOptions, showList } from '../output/listing.ts'
import { note, printAnswer, printLine } from '../output/print.ts'
import type { Column } from '../output/table.ts'
import { addReachOptions, grantOf, grantText, type ReachOptions } from './grant-options.ts'

const columns: Column<Person>[] = [
  { title: 'ID', value: ({ id }) => id, isWhole: true },
  { title: 'NAME', value: ({ name }) => name },
  { title: 'E-MAIL', value: ({ email }) => email },
  { title: 'STATE', value: ({ state }) => state },
  { title: 'GRANTS', value: ({ grants }) => grants.map(grantText).join('; ') },
  { title: 'SECOND FACTOR', value: ({ has_second_factor }) => (has_second_factor ? 'yes' : 'no') },
  { title: 'SIGNED IN', value: ({ last_signed_in_at }) => time(last_signed_in_at) },
]

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** @throws CommandError person_not_found */
async function personIdOf(cli: Cli, text: string): Promise<string> {
  if (uuidPattern.test(text)) return text
  const { people } = await listPeople({ search: text, limit: 200 }, await cli.call())
  const found = people.find(({ email }) => email === text.toLowerCase())
  if (found) return found.id
  throw new CommandError('person_not_found', `Nobody here has the e-mail address ${text}. See: crosswalk users list.`)
}

type JsonOption = { json?: boolean }

/** `crosswalk users`: the people who sign in. */
export function userCommands(cli: Cli): Command {
  const { terminal } = cli
  const showLink = (answer: object, link: PersonLink, name: string, options: JsonOption) =>
    printAnswer(terminal, answer, options, () => {
      printLine(terminal, link.url)
      if (link.mail_problem) note(terminal, link.mail_problem)
      const what = link.kind === 'invitation' ? 'invitation' : 'link for a new password'
      const mailed = link.is_mailed ? ' It was mailed to them, too.' : ''
      note(terminal, `The ${what} of ${name} works once, until ${time(link.expires_at)}. It is shown this once.${mailed}`)
    })
  const invite = async (draft: Parameters<typeof invitePerson>[0], options: JsonOption) => {
    const answer = await invitePerson(draft, await cli.call())
    showLink(answer, answer.link, answer.person.name, options)
  }

  const list = addPageOptions(makeCommand('list', 'List the people who sign in, by name.', ['users list']))
    .option('--search <text>', 'part of the name or the e-mail address')
    .action(async (options: PageOptions & { search?: string }) => {
      const call = await cli.call()
      await showList(terminal, options, {
        key: 'people',
        read: (page) => listPeople({ ...(options.search === undefined ? {} : { search: options.search }), ...page }, call),
        columns,
        whenEmpty: 'Nobody has an account yet. Make the first with: crosswalk users create-admin <email> --name <name>',
      })
    })

  const createAdmin = makeCommand('create-admin', 'Invite an administrator of everything, and print the link.', [
    'users create-admin ada@example.com --name "Ada Lovelace"',
  ])
    .argument('<email>', 'their e-mail address')
    .requiredOption('--name <name>', 'what they are called')
    .option('--json', "print the server's JSON")
    .action((email: string, options: JsonOption & { name: string }) =>
      invite({ email, name: options.name, grants: [{ role: 'administrator', reach: { all: true } }] }, options),
    )

  const inviteCommand = addReachOptions(
    makeCommand('invite', 'Invite a person, and print the link. Without a reach their role is for all organizations.', [
      'users invite bo@example.com --name Bo --role technician --tag gold',
    ]),
  )
    .argument('<email>', 'their e-mail address')
    .requiredOption('--name <name>', 'what they are called')
    .requiredOption('--role <name>', 'what they may do: see `crosswalk roles list`')
    .option('--json', "print the server's JSON")
    .action(async (email: string, options: ReachOptions & JsonOption & { name: string; role: string }) =>
      invite({ email, name: options.name, grants: [await grantOf(cli, options)] }, options),
    )

  const personArgument = (command: Command) => command.argument('<person>', 'their e-mail address or id')

  const link = personArgument(
    makeCommand('link', 'Make another invitation, or a link for a new password of a person who has joined, and print it.', [
      'users link bo@example.com',
    ]),
  )
    .option('--json', "print the server's JSON")
    .action(async (text: string, options: JsonOption) => {
      const id = await personIdOf(cli, text)
      const call = await cli.call()
      const { people } = await listPeople({ search: text, limit: 1 }, call)
      const made = await (people[0]?.state === 'invited' ? createInvitation(id, call) : createPasswordReset(id, call))
      showLink(made, made, text, options)
    })

  const change = (
    name: string,
    summary: string,
    done: string,
    act: (id: string, call: Awaited<ReturnType<Cli['call']>>) => Promise<unknown>,
  ) =>
    personArgument(makeCommand(name, summary, [`users ${name} bo@example.com`]))
      .option('--json', "print the server's JSON")
      .action(async (text: string, options: JsonOption) => {
        const answer = await act(await personIdOf(cli, text), await cli.call())
        if (!options.json) note(terminal, `${done} ${text}.`)
        else if (answer) printAnswer(terminal, answer, options, () => {})
      })

  return makeGroup(
    'users',
    'The people who sign in, and what they may do.',
    ['users list', 'users invite bo@example.com --name Bo --role technician'],
    [
      list,
      createAdmin,
      inviteCommand,
      link,
      change('deactivate', 'Sign a person out everywhere, and end their keys.', 'Deactivated', deactivatePerson),
      change('activate', 'Let a person sign in again.', 'Activated', activatePerson),
      change('remove', 'Remove a person. What they did stays in the audit.', 'Removed', removePerson),
    ],
  )
}
