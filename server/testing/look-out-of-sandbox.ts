// node look-out-of-sandbox.ts <isolation> <folder> <file outside> <network>: what code sees and can do behind the layers, as one line of
// JSON. `null` where this machine, for this user, does not have that isolation.
import { spawn } from 'node:child_process'
import { firstDescriptor } from '../src/engine/runners/sandbox/launch.ts'
import type { Isolation } from '../src/engine/runners/sandbox/layers.ts'
import { probeSandbox } from '../src/engine/runners/sandbox/probe.ts'

const [isolation, folder, outside, network] = process.argv.slice(2) as [Isolation, string, string, 'host' | 'none']

const look = `
const fs = require('node:fs')
const { spawnSync } = require('node:child_process')
const [folder, outside] = process.argv.slice(1)
const seen = {}
const note = (name, act) => { try { seen[name] = act() } catch (error) { seen[name] = error.code ?? error.message } }
const status = fs.readFileSync('/proc/self/status', 'utf8')
const field = (name) => status.match(new RegExp('^' + name + ':\\\\s*(.*)$', 'm'))[1]
note('uid', () => process.getuid())
note('groups', () => process.getgroups())
note('capabilities', () => ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'].map(field))
note('noNewPrivileges', () => field('NoNewPrivs'))
note('inside', () => fs.readFileSync(folder + '/inside.txt', 'utf8'))
note('outside', () => fs.readFileSync(outside, 'utf8'))
note('write', () => fs.writeFileSync(folder + '/written.txt', 'x'))
note('writeTemporary', () => fs.writeFileSync('/tmp/written-by-author-code', 'x'))
note('processes', () => fs.readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).length)
note('signalParent', () => process.kill(${process.pid}, 0))
note('unshare', () => spawnSync('/usr/bin/unshare', ['--user', 'true']).error?.code ?? 'ran')
note('core', () => fs.readFileSync('/proc/self/limits', 'utf8').match(/core file size +(\\S+)/)[1])
const socket = require('node:net').connect(Number(process.argv[3]), '127.0.0.1')
socket.on('connect', () => tell('connected'))
socket.on('error', (error) => tell(error.code))
function tell(connection) { process.stdout.write(JSON.stringify({ ...seen, connection })); process.exit() }
`

const { createServer } = await import('node:net')
const server = createServer((socket) => socket.end())
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const address = server.address()
const port = typeof address === 'object' && address ? address.port : 0

const sandbox = await probeSandbox({ mode: 'auto', readable: [folder], folder, among: [isolation] }).catch(() => undefined)
if (!sandbox) console.log('null')
else {
  const started = sandbox.launch({
    command: [process.execPath, '-e', look, folder, outside, String(port)],
    readable: [folder],
    hidden: [],
    folder,
    env: {},
    network,
  })
  const child = spawn(started.command, started.args, {
    cwd: started.cwd,
    env: started.env,
    stdio: ['ignore', 'pipe', 'inherit', ...Array<'ignore'>(firstDescriptor - 3).fill('ignore'), ...started.descriptors],
  })
  started.release()
  let text = ''
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()))
  await new Promise((resolve) => child.once('close', resolve))
  console.log(JSON.stringify({ layers: sandbox.layers, uid: started.uid, seen: JSON.parse(text) }))
  sandbox.close()
}
server.close()
