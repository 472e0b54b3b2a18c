import { AsyncLocalStorage } from 'node:async_hooks'
import { builtin } from '@crosswalk/sdk/builtins'
import { tellFetchFailures } from '@crosswalk/sdk/fetch-failures'
import { sentenceOf, toPlainJson } from '@crosswalk/sdk/plain-json'
import { resultNotSerializable } from '@crosswalk/sdk/result-checks'
import type { ProcessOrder, RunOrder, SessionOrder } from '../protocol/channel.ts'
import { SafeMap } from '../protocol/primordials.ts'
import type { Catalogue } from './catalogue.ts'
import { openChannel } from './channel.ts'
import { confine } from './confinement.ts'
import { reviveError } from './context.ts'
import { describeFailure } from './failures.ts'
import { makeCallsBy } from './http.ts'
import { giveReadyMade, leadImports } from './imports.ts'
import { runningIntegration } from './integration-failures.ts'
import { runOrder } from './kinds.ts'
import { loadKnownWorkspace } from './known-workspace.ts'
import { openNetwork } from './network/network.ts'
import { takeOutput } from './output.ts'
import { Session } from './session.ts'
import { waitForVendors } from './vendor-waits.ts'

// The process that runs author code. It is started with Node's permission model, an empty environment and a heap limit, and
// knows nothing but the channel to its host.

// Where the code of all runners is in few files, these say what stands there.
export { givePlaces } from './imports.ts'

const sessions = new SafeMap<string, Session>()
const passes = new WeakMap<Session, string>()
const current = new AsyncLocalStorage<Session>()
/** How long a runner is not needed before it prepares. */
const idleMs = 1_000
let idle: NodeJS.Timeout | undefined
let catalogue: Catalogue | undefined
let workspace = ''

const channel = openChannel({ process: onProcessOrder, session: onSessionOrder })

async function load(message: Extract<ProcessOrder, { type: 'load' }>): Promise<void> {
  workspace = message.workspace
  const { exclude, readyMade = null, known = null } = message
  const onFile = (file: string) => channel.send({ type: 'loading', file })
  if (readyMade) giveReadyMade(readyMade.folder)
  catalogue = known ? await loadKnownWorkspace(workspace, known, exclude, onFile, readyMade) : undefined
  if (catalogue) channel.send({ type: 'unchanged' })
  else {
    // Most runners are told what another found, and never need it.
    const { surveyWorkspace } = await import('./survey.ts')
    const survey = await surveyWorkspace(workspace, exclude, onFile, readyMade)
    catalogue = survey
    const { published: definitions, problems, codeVersion, marks } = survey
    const exportNames = definitions.map((definition) => survey.exportNames.get(definition) ?? '')
    channel.send({ type: 'loaded', definitions, exportNames, problems, codeVersion, marks })
  }
  idle = setTimeout(warm, idleMs)
}

/** A runner that is not needed at once uses the time, and has ready what is otherwise loaded at its first use. */
function warm(): void {
  builtin('node:crypto')
  builtin('node:v8')
  network.open()
  catalogue?.warm()
}

function run(key: string, { networkPass, ...order }: RunOrder & { networkPass: string }): void {
  clearTimeout(idle)
  const session = new Session(order, (message) => channel.sendOf(key, message), workspace, reviveError)
  sessions.set(key, session)
  passes.set(session, networkPass)
  session.abort.signal.addEventListener('abort', () => {
    if (session.hasEnded) sessions.delete(key)
  })
  setImmediate(() =>
    current.run(session, () => {
      runOrder(session, catalogue as Catalogue).then(
        (value) => endWith(session, value),
        (thrown) => session.fail(thrown),
      )
    }),
  )
}

/** A result that JSON would change without a word is the author's mistake, and is told as such. */
function endWith(session: Session, value: unknown): void {
  const made = toPlainJson(value)
  if ('problem' in made) session.fail(resultNotSerializable(sentenceOf('The result', made.problem)))
  else session.end({ ok: true, value: made.json })
}

function onProcessOrder(order: ProcessOrder): void {
  if (order.type === 'ping') channel.send({ type: 'pong', number: order.number })
  else if (order.type === 'network') network.order(order)
  else
    load(order).catch((error) =>
      channel.send({
        type: 'loaded',
        definitions: [],
        exportNames: [],
        problems: [{ kind: 'workflow', file: '.', reason: describeFailure(error, workspace).message }],
        codeVersion: 'none',
        marks: '',
      }),
    )
}

function onSessionOrder(key: string, order: SessionOrder): void {
  if (order.type === 'run') {
    run(key, order)
    return
  }
  const session = sessions.get(key)
  if (order.type === 'drop') sessions.delete(key)
  if (!session) return
  // What begins author code does so in a turn of its own: the one in which a message came in belongs to the pipe.
  if (order.type === 'perform' || order.type === 'abort') setImmediate(() => session.receive(order))
  else session.receive(order)
}

const network = openNetwork(() => {
  const session = current.getStore()
  const pass = session && passes.get(session)
  return pass === undefined ? undefined : { pass, integration: runningIntegration() }
})
leadImports()
makeCallsBy(network.call)
tellFetchFailures()
takeOutput(() => current.getStore())
waitForVendors(() => current.getStore()?.vendorWaits)
confine({ current, sessions, workspace: () => workspace })
