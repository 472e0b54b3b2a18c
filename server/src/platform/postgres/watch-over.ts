import { type ChildProcess, spawn } from 'node:child_process'

/**
 * Ends another process where this one is killed and cannot: the shell's `read` ends with the pipe, and the pipe with us.
 * Returns what sends the watch away.
 *
 * @param name what the watch is called in a list of processes
 */
export function watchOver(pid: number, signal: 'INT' | 'KILL', name: string): () => void {
  if (process.platform === 'win32') return () => {}
  const watch: ChildProcess = spawn('/bin/sh', ['-c', 'read -r word || kill -s "$2" "$1"', name, String(pid), signal], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {},
    cwd: '/',
    detached: true,
  })
  watch.on('error', () => {})
  // Nothing where the system had no descriptor left for it: then it did not start either.
  const { stdin } = watch
  stdin?.on('error', () => {})
  watch.unref()
  if (stdin && 'unref' in stdin && typeof stdin.unref === 'function') stdin.unref()
  return () => void stdin?.end('done\n')
}
