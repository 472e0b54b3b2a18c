import { once } from 'node:events'
import { type Command, InvalidArgumentError } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand } from '../command.ts'
import { CommandError, usageError } from '../failure.ts'
import { printJson } from '../output/print.ts'
import type { Terminal } from '../output/terminal.ts'

type Options = { port: number; customers: number; seed: number; json?: boolean }

const maxPort = 65_535
/** More take minutes to list. */
const maxCustomers = 100_000

export function simulateCommand({ terminal }: Cli): Command {
  return makeCommand(
    'simulate',
    'Run a vendor on this machine that answers as the real one does, with the same customers as the others. Ends with Ctrl+C.',
    ['simulate halopsa', 'simulate ninjaone --port 7200 --customers 3000'],
  )
    .argument('<vendor>', 'the name of its integration, such as halopsa')
    .option('--port <port>', 'where it listens on loopback; 0 is any free port', whole(0, maxPort), 0)
    .option('--customers <count>', 'how many customers it has', whole(1, maxCustomers), 40)
    .option('--seed <number>', 'another one gives other ids, people and devices', whole(0, Number.MAX_SAFE_INTEGER), 1)
    .option('--json', 'print the URL and the settings as JSON')
    .action((vendor: string, options: Options) => simulate(terminal, vendor, options))
}

async function simulate(terminal: Terminal, vendor: string, { port, customers, seed, json }: Options): Promise<void> {
  // They bring a server and thousands of customers along, which the other commands have no use for.
  const { simulations } = await import('@crosswalk/simulators/simulate')
  const start = Object.hasOwn(simulations, vendor) ? simulations[vendor] : undefined
  if (!start) throw usageError(`There is no simulator '${vendor}'. There are: ${Object.keys(simulations).join(', ')}.`)
  const { url, config, secrets, stop } = await start({ port, count: customers, seed }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') throw new CommandError('port_in_use', `Port ${port} is in use. Name another one, or none.`)
    throw error
  })
  const { stdout, signal } = terminal
  if (json) printJson(terminal, { url, config, secrets })
  else
    stdout.write(
      [
        url,
        '',
        `Set these values, and ${vendor} talks to the simulator:`,
        ...Object.entries(config).map(([key, value]) => `  crosswalk config set ${key} ${value}`),
        ...Object.entries(secrets).map(([key, value]) => `  crosswalk secrets set ${key} --value ${value}`),
        '',
        'The installation must allow loopback: start it with CROSSWALK_EGRESS_ALLOW=127.0.0.1.',
        `Faults begin with POST ${url}/_control/faults, such as {"kind":"error","status":503,"times":3}, and end with DELETE.`,
        'Ctrl+C ends the simulator.',
        '',
      ].join('\n'),
    )
  try {
    if (!signal.aborted) await once(signal, 'abort')
  } finally {
    await stop()
  }
}

function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`It is a whole number from ${min} to ${max}.`)
  }
}
