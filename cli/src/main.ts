import { Interrupted } from './failure.ts'
import { endWithOutput } from './output-failures.ts'
import { runCommandLine } from './program.ts'

const interrupted = new AbortController()
process.once('SIGINT', () => interrupted.abort(new Interrupted()))

endWithOutput([process.stdout, process.stderr])

const { env, stdin, stdout, stderr } = process
process.exitCode = await runCommandLine(
  { env, cwd: process.cwd(), stdin, stdout, stderr, signal: interrupted.signal },
  process.argv.slice(2),
)
// What the command left waiting (a prompt's input) does not keep the process.
stdin.unref?.()
