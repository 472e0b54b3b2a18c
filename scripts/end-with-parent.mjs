// Loaded before a program that npm or run.mjs started. npm passes signals on to its shell alone, which ends without passing them on,
// and a killed process passes on nothing: so the program looks whether its parent is still there.
const parent = Number(process.env.CROSSWALK_PARENT)
delete process.env.CROSSWALK_PARENT

const everyMs = 200

if (parent > 0) {
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, everyMs)
  watch.unref()
}
