import { AsyncLocalStorage } from 'node:async_hooks'
import { tellFetchFailures } from '@crosswalk/sdk/fetch-failures'
import { sentenceOf, toPlainJson } from '@crosswalk/sdk/plain-json'
import { resultNotSerializable } from '@crosswalk/sdk/result-checks'
import type { ToHost, ToRunner } from '../protocol/channel.ts'
import { type Catalogue, loadCatalogue } from './catalogue.ts'
import { confine } from './confinement.ts'
import { reviveError } from './context.ts'
import { describeFailure } from './failures.ts'
import { runOrder } from './kinds.ts'
import { Session } from './session.ts'
import { waitForVendors } from './vendor-waits.ts'

// The process that runs author code. It is started with Node's permission model, an empty environment and a heap limit, and
// knows nothing but the channel to its host.

const sendToHost = process.send?.bind(process)
if (!sendToHost) throw new Error('The runner is started by a worker.')
const send = (message: ToHost): void => void sendToHost(message)

const sessions = new Map<string, Session>()
const current = new AsyncLocalStorage<Session>()
let catalogue: Catalogue | undefined
let workspace = ''

async function load(message: Extract<ToRunner, { type: 'load' }>): Promise<void> {
  workspace = message.workspace
  catalogue = await loadCatalogue(workspace, message.exclude, (file) => send({ type: 'loading', file }))
  send({ type: 'loaded', definitions: catalogue.published, problems: catalogue.problems, codeVersion: catalogue.codeVersion })
}

function run(order: Extract<ToRunner, { type: 'run' }>): void {
  const session = new Session(order, send, workspace, reviveError)
  sessions.set(order.channel, session)
  session.abort.signal.addEventListener('abort', () => {
    if (session.hasEnded) sessions.delete(order.channel)
  })
  current.run(session, () => {
    runOrder(session, catalogue as Catalogue).then(
      (value) => endWith(session, value),
      (thrown) => session.fail(thrown),
    )
  })
}

/** A result that JSON would change without a word is the author's mistake, and is told as such. */
function endWith(session: Session, value: unknown): void {
  const made = toPlainJson(value)
  if ('problem' in made) session.fail(resultNotSerializable(sentenceOf('The result', made.problem)))
  else session.end({ ok: true, value: made.json })
}

process.on('message', (message: ToRunner) => {
  if (message.type === 'load')
    load(message).catch((error) =>
      send({
        type: 'loaded',
        definitions: [],
        problems: [{ kind: 'workflow', file: '.', reason: describeFailure(error, workspace).message }],
        codeVersion: 'none',
      }),
    )
  else if (message.type === 'run') run(message)
  else if (message.type === 'ping') send({ type: 'pong', number: message.number })
  else {
    sessions.get(message.channel)?.receive(message)
    if (message.type === 'drop') sessions.delete(message.channel)
  }
})

tellFetchFailures()
waitForVendors(() => current.getStore()?.vendorWaits)
confine({ current, sessions, workspace: () => workspace })
