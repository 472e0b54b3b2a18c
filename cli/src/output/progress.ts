import { cutTo, displayWidth } from './table.ts'
import { printable, type Terminal, widthOf } from './terminal.ts'

/** Says on standard error how far something is. `stop` removes what it showed. */
export type Progress = { say(message: string): void; stop(): void }

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const frameMs = 100

/** A moving line in a terminal; nothing where standard error is a file or a pipe. */
export function showProgress({ stderr }: Pick<Terminal, 'stderr'>, message: string): Progress {
  if (!stderr.isTTY) return { say() {}, stop() {} }
  let text = printable(message)
  let frame = 0
  const draw = () => {
    const line = `${frames[frame++ % frames.length]} ${text}`
    const width = widthOf(stderr)
    stderr.write(`\r\x1b[2K${displayWidth(line) < width ? line : cutTo(line, width - 1)}`)
  }
  draw()
  const timer = setInterval(draw, frameMs)
  return {
    say(next) {
      text = printable(next)
      draw()
    },
    stop() {
      clearInterval(timer)
      stderr.write('\r\x1b[2K')
    },
  }
}

/** How far an execution says it is. */
export function progressText(progress: { done: number; total: number | null; message: string | null }): string {
  const counted = progress.total === null ? `${progress.done}` : `${progress.done} of ${progress.total}`
  return progress.message ? `${counted}: ${progress.message}` : counted
}
