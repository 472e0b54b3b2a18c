import { listSchedules, resetSchedule, runSchedule, type Schedule, type SetScheduleBody, setSchedule } from '@crosswalk/client'
import { type Command, Option } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand, makeGroup } from '../command.ts'
import { usageError } from '../failure.ts'
import { changingCall, type IfMatch, ifMatchOption } from '../if-match.ts'
import { inLine, timeIn, yesOrNo } from '../output/format.ts'
import { addPageOptions, type PageOptions, showList } from '../output/listing.ts'
import { note, printAnswer } from '../output/print.ts'
import type { Column } from '../output/table.ts'
import { parametersOfWorkflow } from '../schemas.ts'
import { followBatch } from './following-batch.ts'
import { selectionHelp, selectionOf } from './organization-selection.ts'
import { gather, pairHelp, readObject } from './pairs.ts'

/** In the zone that stands beside it. */
function nextText({ time_zone, next_run_at, not_loaded_since }: Schedule): string {
  return not_loaded_since ? `does not load since ${timeIn(time_zone, not_loaded_since)}` : timeIn(time_zone, next_run_at)
}

const columns: Column<Schedule>[] = [
  { title: 'WORKFLOW', value: ({ workflow_name }) => workflow_name, isWhole: true },
  { title: 'CRON', value: ({ cron }) => cron, isWhole: true },
  { title: 'TIME ZONE', value: ({ time_zone }) => time_zone },
  { title: 'ORGANIZATIONS', value: ({ organizations }) => (Array.isArray(organizations) ? organizations.length : organizations) },
  { title: 'PAUSED', value: ({ is_paused }) => yesOrNo(is_paused) },
  { title: 'NEXT', value: nextText },
  { title: 'LAST', value: ({ time_zone, last_run_at, last_error }) => (last_error ? last_error.message : timeIn(time_zone, last_run_at)) },
]

type SetOptions = {
  cron?: string
  timeZone?: string
  organizations?: string
  missed?: 'skip' | 'catch_up'
  param?: string[]
  paramsJson?: string
  json?: boolean
}

function startedText(discoveries: number): string {
  if (discoveries === 0) return 'There is nothing to discover: no integration has its credentials set. See: crosswalk integrations list.'
  return `Started ${discoveries} ${discoveries === 1 ? 'discovery' : 'discoveries'}. See: crosswalk executions list --kind discovery.`
}

export function scheduleCommands(cli: Cli): Command {
  const { terminal } = cli
  const tell = (schedule: Schedule) =>
    note(
      terminal,
      schedule.is_paused
        ? 'Paused.'
        : `${inLine(schedule.cron)} in ${schedule.time_zone}. The next run: ${timeIn(schedule.time_zone, schedule.next_run_at)}.`,
    )

  const list = addPageOptions(makeCommand('list', 'List what runs on its own.', ['schedules list'])).action(
    async (options: PageOptions) => {
      const call = await cli.call()
      let isWhole = true
      await showList(terminal, options, {
        key: 'schedules',
        async read(page) {
          const body = await listSchedules(page, call)
          isWhole &&= body.schedules.every(({ not_loaded_since }) => not_loaded_since === null)
          return body
        },
        columns,
        whenEmpty: 'There are no schedules.',
      })
      if (!options.json && !isWhole) note(terminal, 'What does not load does not run. See why: crosswalk workspace show.')
    },
  )

  const set = makeCommand('set', 'Set when a workflow runs, in place of what its author declared. What is not given stays as it is.', [
    'schedules set sync_users --cron "0 3 * * mon-fri" --time-zone Europe/Vienna',
    'schedules set sync_users --organizations mapped:myintegration --missed catch_up',
  ])
    .argument('<workflow>', 'its name')
    .option('--cron <expression>', 'minute, hour, day of month, month, day of week')
    .option('--time-zone <name>', 'as Europe/Vienna')
    .option('--organizations <which>', selectionHelp)
    .addOption(new Option('--missed <how>', 'what becomes of runs whose time passed while nothing could run').choices(['skip', 'catch_up']))
    .option('--param <pair>', `a parameter: ${pairHelp}`, gather)
    .option('--params-json <json>', 'parameters as a JSON object, @file or - for standard input')
    .option('--json', "print the server's JSON")
    .addOption(ifMatchOption())
    .action(async (name: string, options: SetOptions & IfMatch) => {
      const parameters = await readObject(terminal, {
        pairs: options.param,
        json: options.paramsJson,
        option: '--params-json',
        findSchema: parametersOfWorkflow(cli, name),
      })
      const body: SetScheduleBody = {
        ...(options.cron === undefined ? {} : { cron: options.cron }),
        ...(options.timeZone === undefined ? {} : { time_zone: options.timeZone }),
        ...(options.organizations === undefined ? {} : { organizations: await selectionOf(cli, options.organizations) }),
        ...(options.missed === undefined ? {} : { missed: options.missed }),
        ...(parameters === undefined ? {} : { parameters }),
      }
      if (Object.keys(body).length === 0) throw usageError('Say what to set. See: crosswalk schedules set --help.')
      printAnswer(terminal, await setSchedule(name, body, await changingCall(cli, options)), options, tell)
    })

  function pausing(name: string, description: string, isPaused: boolean): Command {
    return makeCommand(name, description, [`schedules ${name} sync_users`])
      .argument('<workflow>', 'its name')
      .option('--json', "print the server's JSON")
      .addOption(ifMatchOption())
      .action(async (workflow: string, options: IfMatch & { json?: boolean }) =>
        printAnswer(terminal, await setSchedule(workflow, { is_paused: isPaused }, await changingCall(cli, options)), options, tell),
      )
  }

  const reset = makeCommand('reset', 'Take a schedule back to what the author declared.', ['schedules reset sync_users'])
    .argument('<workflow>', 'its name')
    .option('--json', "print the server's JSON, which is none")
    .addOption(ifMatchOption())
    .action(async (name: string, options: IfMatch & { json?: boolean }) => {
      await resetSchedule(name, await changingCall(cli, options))
      if (!options.json) note(terminal, 'It is as its author declared it.')
    })

  const run = makeCommand('run', 'Run a schedule once more, now. Exits with 1 unless all succeed.', ['schedules run test_all_mappings'])
    .argument('<workflow>', 'its name')
    .option('--no-wait', 'only start it')
    .option('--json', "print the server's JSON of the batch")
    .action(async (name: string, options: { wait: boolean; json?: boolean }) => {
      const call = await cli.call()
      const begun = await runSchedule(name, call)
      if ('batch_id' in begun) return followBatch(terminal, call, begun, options)
      // Each is an execution of its own, and there is no batch to follow.
      printAnswer(terminal, begun, options, ({ discoveries }) => note(terminal, startedText(discoveries)))
    })

  return makeGroup(
    'schedules',
    'What runs on its own, and when.',
    ['schedules list', 'schedules pause test_all_mappings'],
    [
      list,
      set,
      pausing('pause', 'Let no run of a schedule start until it is resumed.', true),
      pausing('resume', 'Resume a paused schedule, at its next time.', false),
      reset,
      run,
    ],
  )
}
