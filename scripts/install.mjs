// Installs the packages where they are missing. Runs on every Node from 20 on, before any package is there.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, unlinkSync, writeFileSync, writeSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** What a person has to know, without a stack. */
export class InstallError extends Error {}

const isWindows = process.platform === 'win32'
const say = (text) => writeSync(2, text)
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'))
const hashOf = (text) => createHash('sha256').update(text).digest('hex')

/** The Node that the lockfile pins, in a checkout. */
export const pinnedNode = (checkout) => join(checkout, 'node_modules', 'node', 'bin', isWindows ? 'node.exe' : 'node')

const stampFile = (checkout) => join(checkout, 'node_modules', '.crosswalk-installed')

/** True if what npm wrote down of the last installation holds every package of the lockfile that this platform needs. */
function holdsAll(lock, installed) {
  return Object.entries(lock.packages).every(([path, wanted]) => {
    if (path === '' || !path.includes('node_modules/')) return true
    const found = installed.packages[path]
    return found
      ? found.version === wanted.version && Boolean(found.link) === Boolean(wanted.link)
      : Boolean(wanted.optional || wanted.devOptional || wanted.peer)
  })
}

/**
 * Whether the installed packages are those of the lockfile. What npm put there without us counts too; it is then stamped.
 *
 * @param {string} checkout
 */
export function isInstalled(checkout) {
  if (!existsSync(pinnedNode(checkout))) return false
  const lockText = readFileSync(join(checkout, 'package-lock.json'), 'utf8')
  const stamp = existsSync(stampFile(checkout)) ? readFileSync(stampFile(checkout), 'utf8') : ''
  if (stamp === hashOf(lockText)) return true
  try {
    if (!holdsAll(JSON.parse(lockText), readJson(join(checkout, 'node_modules', '.package-lock.json')))) return false
    stampInstallation(checkout, lockText)
    return true
  } catch {
    return false
  }
}

function stampInstallation(checkout, lockText) {
  try {
    writeFileSync(stampFile(checkout), hashOf(lockText))
  } catch {
    // Another user's packages: the comparison is made again next time.
  }
}

/** The kernel takes this name back when the process ends, except for a socket file, which macOS needs. */
function lockAddress(checkout) {
  const name = `crosswalk-install-${hashOf(checkout).slice(0, 16)}`
  if (isWindows) return `\\\\.\\pipe\\${name}`
  return process.platform === 'linux' ? `\0${name}` : join(tmpdir(), `${name}.sock`)
}

/** Resolves to the held lock, or to undefined once another process that held it has ended. */
function takeLock(checkout) {
  const address = lockAddress(checkout)
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.on('error', () => {}))
    server.once('error', (error) => {
      if (error.code !== 'EADDRINUSE') return reject(error)
      const waiting = createConnection(address)
      waiting.once('connect', () => say('Another process is installing the packages; waiting for it.\n'))
      waiting.once('error', (refused) => {
        if (refused.code === 'ECONNREFUSED' && address.startsWith('/')) unlinkSync(address)
      })
      waiting.once('close', () => resolve(undefined))
      waiting.resume()
    })
    const connections = new Set()
    server.on('connection', (socket) => connections.add(socket))
    server.listen(address, () =>
      resolve(() => {
        for (const socket of connections) socket.destroy()
        server.close()
      }),
    )
  })
}

/** npm must not run on the Node inside the packages, which it is about to remove. */
function npmCommand(checkout) {
  const ownBin = join(checkout, 'node_modules', '.bin')
  const path = (process.env.PATH ?? '').split(delimiter).filter((entry) => entry !== ownBin)
  const env = { ...process.env, PATH: path.join(delimiter) }
  // npm tells the scripts that it runs where they are; another npm would take that for its own settings.
  for (const name of Object.keys(env)) if (/^npm_(package|lifecycle|command|execpath|node_execpath)/.test(name)) delete env[name]
  const hasNpm = path.some((entry) => existsSync(join(entry, isWindows ? 'npm.cmd' : 'npm')))
  if (hasNpm) return { file: isWindows ? 'npm.cmd' : 'npm', args: [], env }
  const npm = process.env.npm_execpath
  if (npm) return { file: process.execPath, args: [npm], env: process.env }
  throw new InstallError(
    'npm is not on the PATH, and it is needed to install the packages. Install Node 20 or newer, which brings npm along.',
  )
}

function runNpm(checkout, npmArgs, what) {
  const { file, args, env } = npmCommand(checkout)
  const startedAt = Date.now()
  const elapsed = () => `${Math.round((Date.now() - startedAt) / 1000)} s`
  const isTerminal = Boolean(process.stderr.isTTY)
  say(`${what} …${isTerminal ? '' : '\n'}`)
  const ticking = isTerminal ? setInterval(() => say(`\r${what} … ${elapsed()} `), 1000) : undefined
  return new Promise((resolve, reject) => {
    const child = spawn(file, [...args, ...npmArgs, '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: checkout,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: isWindows,
    })
    const pass = (signal) => child.kill(signal)
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    let wasStopped = false
    const stop = (signal) => {
      wasStopped = true
      pass(signal)
    }
    for (const signal of signals) process.on(signal, stop)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output = (output + chunk).slice(0, 4000)))
    child.once('error', (error) =>
      reject(new InstallError(`npm cannot be run (${error.message}). Install Node 20 or newer, which brings npm along.`)),
    )
    child.once('close', (code) => {
      clearInterval(ticking)
      for (const signal of signals) process.off(signal, stop)
      if (isTerminal) say('\n')
      if (wasStopped) return reject(new InstallError('Stopped while installing. The next command installs again.'))
      if (code === 0) return resolve(undefined)
      const reason = output
        .trim()
        .replaceAll(/^npm (error|ERR!)\s*/gm, '')
        .split('\n')
        .slice(0, 4)
        .join(' ')
      reject(
        new InstallError(
          `The packages could not be installed after ${elapsed()}: ${reason || `npm ended with ${code}`}. Check the connection to the npm registry and the free disk space, then run the command again; npm ci shows all of the output.`,
        ),
      )
    })
  })
}

/**
 * Installs what the lockfile names, unless it is there. Of several processes at once one installs and the others wait.
 *
 * @param {string} [checkout]
 */
export async function installIfMissing(checkout = root) {
  while (!isInstalled(checkout)) {
    const release = await takeLock(checkout)
    if (!release) continue
    try {
      if (isInstalled(checkout)) return
      await runNpm(checkout, ['ci'], 'Installing the packages (the first time this takes about a minute)')
      if (!existsSync(pinnedNode(checkout))) await runNpm(checkout, ['rebuild', 'node', '--ignore-scripts=false'], 'Installing Node')
      if (!existsSync(pinnedNode(checkout)))
        throw new InstallError(
          'npm did not install the Node that the project needs. Run npm rebuild node --ignore-scripts=false and look at its output.',
        )
      stampInstallation(checkout, readFileSync(join(checkout, 'package-lock.json'), 'utf8'))
    } finally {
      release()
    }
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await installIfMissing().catch((error) => {
    if (!(error instanceof InstallError)) throw error
    say(`${error.message}\n`)
    process.exitCode = 1
  })
}
