import { Command } from 'commander'
import cliPackage from '../package.json' with { type: 'json' }
import { makeCli } from './cli.ts'
import { approvalCommands } from './commands/approvals.ts'
import { auditCommand } from './commands/audit.ts'
import { batchCommands } from './commands/batches.ts'
import { configCommands } from './commands/config.ts'
import { connectionCommands } from './commands/connections.ts'
import { dataProviderCommands } from './commands/data-providers.ts'
import { discoveryCommand } from './commands/discovery.ts'
import { doctorCommand } from './commands/doctor.ts'
import { executionCommands } from './commands/executions.ts'
import { integrationCommands } from './commands/integrations.ts'
import { keyCommands } from './commands/keys.ts'
import { loginCommand, logoutCommand } from './commands/login.ts'
import { logsCommand } from './commands/logs.ts'
import { mappingCommands } from './commands/mappings.ts'
import { matchCommand } from './commands/matching.ts'
import { meCommand } from './commands/me.ts'
import { initCommand, newCommand } from './commands/new-workspace.ts'
import { openapiCommand } from './commands/openapi.ts'
import { organizationCommands } from './commands/organizations.ts'
import { processCommands } from './commands/processes.ts'
import { roleCommands } from './commands/roles.ts'
import { runCommand } from './commands/run.ts'
import { scheduleCommands } from './commands/schedules.ts'
import { secretCommands } from './commands/secrets.ts'
import { sessionCommands } from './commands/sessions.ts'
import { simulateCommand } from './commands/simulate.ts'
import { userCommands } from './commands/users.ts'
import { vendorCommands } from './commands/vendors.ts'
import { workflowCommands } from './commands/workflows.ts'
import { workspaceCommands } from './commands/workspace.ts'
import { exitCodes, reportFailure } from './failure.ts'
import { type Terminal, widthOf } from './output/terminal.ts'

const afterHelp = `
Example:
  $ crosswalk start
  $ crosswalk orgs create "Acme Corp"
  $ crosswalk discover myintegration
  $ crosswalk run sync_users --org "Acme Corp"

CROSSWALK_URL and CROSSWALK_API_KEY say which installation is meant; without them it is the one in the local data
directory (CROSSWALK_DATA_DIR, or .crosswalk). Exit codes: 0 done, 1 failed, 2 wrong usage.`

/** Commander must neither end the process nor write past the terminal that we were given. */
function tame(command: Command, terminal: Terminal): void {
  const helpWidth = (output: Terminal['stdout']) => Math.min(widthOf(output), 120)
  command.exitOverride().configureOutput({
    writeOut: (text) => void terminal.stdout.write(text),
    writeErr: (text) => void terminal.stderr.write(text),
    outputError: (text, write) => write(text.replace(/^error: (.)/, (_all, first: string) => `crosswalk: ${first.toUpperCase()}`)),
    getOutHelpWidth: () => helpWidth(terminal.stdout),
    getErrHelpWidth: () => helpWidth(terminal.stderr),
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  })
  for (const child of command.commands) tame(child, terminal)
}

/** The whole command line. */
export function createProgram(terminal: Terminal): Command {
  const cli = makeCli(terminal)
  const program = new Command('crosswalk')
    .description('Which of your organizations is which in every outside system, and workflows on top of that.')
    .version(cliPackage.version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', afterHelp)
  const add = (heading: string, ...commands: Command[]) => {
    program.commandsGroup(heading)
    for (const command of commands) program.addCommand(command)
  }
  add('On this machine:', ...processCommands(), doctorCommand(cli))
  add('Organizations:', organizationCommands(cli), integrationCommands(cli), discoveryCommand(cli), matchCommand(cli), mappingCommands(cli))
  add(
    'Work:',
    workflowCommands(cli),
    runCommand(cli),
    executionCommands(cli),
    logsCommand(cli),
    approvalCommands(cli),
    batchCommands(cli),
    scheduleCommands(cli),
    vendorCommands(cli),
  )
  add('Forms:', dataProviderCommands(cli))
  add('Code:', initCommand(cli), newCommand(cli), workspaceCommands(cli), simulateCommand(cli))
  add(
    'Access:',
    loginCommand(cli),
    logoutCommand(cli),
    meCommand(cli),
    userCommands(cli),
    keyCommands(cli),
    roleCommands(cli),
    sessionCommands(cli),
  )
  add('Settings and history:', secretCommands(cli), connectionCommands(cli), configCommands(cli), auditCommand(cli), openapiCommand(cli))
  tame(program, terminal)
  return program
}

/** Runs one command line and says how the process is to end. Does not end it. */
export async function runCommandLine(terminal: Terminal, args: readonly string[]): Promise<number> {
  try {
    await createProgram(terminal).parseAsync([...args], { from: 'user' })
    return exitCodes.ok
  } catch (error) {
    return reportFailure(terminal, error)
  }
}
