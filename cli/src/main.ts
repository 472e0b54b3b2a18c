import { exitCodes, Interrupted } from './failure.ts'
import { runCommandLine } from './program.ts'

const interrupted = new AbortController()
process.once('SIGINT', () => interrupted.abort(new Interrupted()))

// Whoever read our output (`head`, a pager) has had enough.
for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.ok)
    throw error
  })
}

const { env, stdin, stdout, stderr } = process
process.exitCode = await runCommandLine(
  { env, cwd: process.cwd(), stdin, stdout, stderr, signal: interrupted.signal },
  process.argv.slice(2),
)
// What the command left waiting (a prompt's input) does not keep the process.
stdin.unref?.()
