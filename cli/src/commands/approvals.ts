import { type Approval, approveApproval, getApproval, listApprovals, rejectApproval } from '@crosswalk/client'
import { type Command, Option } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand, makeGroup } from '../command.ts'
import { paintStatus, time } from '../output/format.ts'
import { addPageOptions, type PageOptions, showList } from '../output/listing.ts'
import { note, printAnswer, printFields } from '../output/print.ts'
import type { Column } from '../output/table.ts'
import { organizationHelp, organizationIdOf } from './organization-reference.ts'

const columns: Column<Approval>[] = [
  { title: 'ID', value: ({ id }) => id, isWhole: true },
  { title: 'TITLE', value: ({ title }) => title },
  { title: 'ORGANIZATION', value: ({ org_name }) => org_name ?? '-' },
  { title: 'ASKED BY', value: ({ requested_by }) => requested_by.name },
  { title: 'STATUS', value: ({ status }) => status, paint: paintStatus },
  { title: 'ASKED', value: ({ created_at }) => time(created_at) },
  { title: 'EXPIRES', value: ({ status, expires_at }) => (status === 'open' ? time(expires_at) : '-') },
]

type ListOptions = PageOptions & { state?: 'open' | 'decided'; forMe?: boolean; org?: string; execution?: string }

const reasons = {
  decide: 'yes',
  not_own_request: 'no: you started this execution, so somebody else has to',
  not_asked: 'no: the workflow asks others',
}

/** Whom the workflow asks. */
function askedText({ approvers }: Approval): string | null {
  if (approvers === null) return null
  return [...approvers.people, ...approvers.roles.map((role) => `role ${role}`), ...(approvers.customer ? ['the customer'] : [])].join(', ')
}

function decidersText({ deciders }: Approval): string | null {
  if (deciders === null) return null
  if (deciders.count === 0) return 'nobody at the moment'
  const others = deciders.count - deciders.names.length
  return [...deciders.names, ...(others > 0 ? [`${others} more`] : [])].join(', ')
}

export function approvalCommands(cli: Cli): Command {
  const { terminal } = cli

  const show = (approval: Approval) =>
    printFields(terminal, {
      Id: approval.id,
      Title: approval.title,
      Message: approval.message,
      Details: approval.details === null ? null : JSON.stringify(approval.details),
      Organization: approval.org_name ?? approval.org_id,
      Workflow: approval.workflow_name,
      Execution: approval.execution_id,
      'Asked by': approval.requested_by.name,
      Asked: time(approval.created_at),
      Asks: askedText(approval),
      'May decide': decidersText(approval),
      'You may': approval.status === 'open' ? reasons[approval.you_may] : null,
      Status: approval.status,
      Expires: approval.status === 'open' ? time(approval.expires_at) : null,
      Decided: approval.decided_at && time(approval.decided_at),
      'Decided by': approval.decided_by?.name ?? null,
      Comment: approval.comment,
    })

  const list = addPageOptions(
    makeCommand('list', 'List what workflows ask of people, newest first.', ['approvals list --for-me', 'approvals list --state decided']),
  )
    .addOption(new Option('--state <state>', 'those that are open, or those that are not any more').choices(['open', 'decided']))
    .option('--for-me', 'only those that you may decide')
    .option('--org <organization>', `only those of this organization: ${organizationHelp}`)
    .option('--execution <id>', 'only those of this execution')
    .action(async ({ state, forMe, org, execution, ...options }: ListOptions) => {
      const call = await cli.call()
      // What one may decide is open.
      const wanted = state ?? (forMe ? 'open' : undefined)
      const filter = {
        ...(wanted ? { state: wanted } : {}),
        ...(forMe ? { for_me: 'true' as const } : {}),
        ...(org === undefined ? {} : { org_id: await organizationIdOf(cli, org) }),
        ...(execution === undefined ? {} : { execution_id: execution }),
      }
      await showList(terminal, options, {
        key: 'approvals',
        read: (page) => listApprovals({ ...filter, ...page }, call),
        columns,
        whenEmpty: 'There are no approvals.',
      })
    })

  const one = makeCommand('show', 'Show one approval.', ['approvals show 0192…'])
    .argument('<id>', 'its id')
    .option('--json', "print the server's JSON")
    .action(async (id: string, options: { json?: boolean }) =>
      printAnswer(terminal, await getApproval(id, await cli.call()), options, show),
    )

  const deciding = (name: 'approve' | 'reject', description: string, done: string) =>
    makeCommand(name, description, [`approvals ${name} 0192… --comment "As agreed in ticket 4711."`])
      .argument('<id>', 'its id')
      .option('--comment <text>', 'what is kept with the decision, and told to the workflow')
      .option('--json', "print the server's JSON")
      .action(async (id: string, { comment, ...options }: { comment?: string; json?: boolean }) => {
        const decide = name === 'approve' ? approveApproval : rejectApproval
        const approval = await decide(id, comment === undefined ? {} : { comment }, await cli.call())
        printAnswer(terminal, approval, options, () => note(terminal, done))
      })

  return makeGroup(
    'approvals',
    'What workflows ask of people.',
    ['approvals list --for-me', 'approvals approve 0192…'],
    [
      list,
      one,
      deciding('approve', 'Approve: the workflow continues.', 'Approved. The workflow continues.'),
      deciding('reject', 'Reject: the workflow is told.', 'Rejected. The workflow is told.'),
    ],
  )
}
