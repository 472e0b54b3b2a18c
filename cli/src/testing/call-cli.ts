import { Readable, Writable } from 'node:stream'
import type { Output } from '../output/terminal.ts'
import { runCommandLine } from '../program.ts'

export type CliOutcome = { code: number; out: string; err: string }
export type Circumstances = { env?: NodeJS.ProcessEnv; cwd?: string; stdin?: string; columns?: number; signal?: AbortSignal }

function collecting(columns: number | undefined): { output: Output; text(): string } {
  let text = ''
  const output: Output = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
    },
  })
  return { output: columns === undefined ? output : Object.assign(output, { isTTY: true, columns }), text: () => text }
}

/** Runs a command line in this process, in a terminal so many columns wide, or else in pipes. */
export async function callCli(
  args: readonly string[],
  { env = {}, cwd = '/nowhere', stdin = '', columns, signal }: Circumstances = {},
): Promise<CliOutcome> {
  const out = collecting(columns)
  const err = collecting(columns)
  const terminal = {
    env,
    cwd,
    stdin: Readable.from(stdin ? [stdin] : []),
    stdout: out.output,
    stderr: err.output,
    signal: signal ?? new AbortController().signal,
  }
  const code = await runCommandLine(terminal, args)
  return { code, out: out.text(), err: err.text() }
}
