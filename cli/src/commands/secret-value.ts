import { isCancel, password } from '@clack/prompts'
import { CommandError, Interrupted } from '../failure.ts'
import { printable, type Terminal } from '../output/terminal.ts'
import { readAll } from './pairs.ts'

/**
 * Reads a secret's value: hidden from a terminal, or all of standard input, without the line end that `echo` and editors add.
 *
 * @throws CommandError secret_empty
 */
export async function readSecretValue(terminal: Terminal, key: string): Promise<string> {
  const value = terminal.stdin.isTTY ? await ask(terminal, key) : (await readAll(terminal.stdin)).replace(/\r?\n$/, '')
  if (value !== '') return value
  throw new CommandError('secret_empty', `No value was given for ${key}. Type it when asked, or pipe it in.`)
}

async function ask({ stdin, stderr, signal }: Terminal, key: string): Promise<string> {
  const value = await password({ message: `Value of ${printable(key)}`, input: stdin, output: stderr, signal })
  if (isCancel(value)) throw new Interrupted()
  return value
}
