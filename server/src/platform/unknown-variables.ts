import { nearestName } from '@crosswalk/sdk/nearest-name'
import { readEnvironment } from './environment.ts'

/** Variables that others than the server read. */
const ofOthers = [
  'CROSSWALK_API_KEY',
  'CROSSWALK_CHAOS_SECONDS',
  'CROSSWALK_CHAOS_SEED',
  'CROSSWALK_DEV_PORT',
  'CROSSWALK_FUZZ_RUNS',
  'CROSSWALK_FUZZ_SEED',
  'CROSSWALK_LIMIT_CUSTOMERS',
  'CROSSWALK_OUTAGE_SECONDS',
  'CROSSWALK_PARENT',
  'CROSSWALK_PARENT_DESCRIPTOR',
  'CROSSWALK_RANDOM_RUNS',
  'CROSSWALK_RECORD',
  'CROSSWALK_TEST_POSTGRES_URL',
  'CROSSWALK_URL',
  'CROSSWALK_VENDOR_APIS',
  'CROSSWALK_WORKER_ROLE',
]

/** The names that reading the environment asks for: so there is no second list of them. */
function namesThatAreRead(): string[] {
  const names = new Set<string>()
  const recorder = new Proxy<NodeJS.ProcessEnv>({}, { get: (_, name) => void names.add(String(name)) })
  readEnvironment(recorder, '/')
  return [...names]
}

/** A sentence for each `CROSSWALK_…` variable that nobody reads: the person who set it believes that it does something. */
export function unknownVariableNotices(env: NodeJS.ProcessEnv): string[] {
  const given = Object.keys(env).filter((name) => name.startsWith('CROSSWALK_'))
  const known = new Set([...namesThatAreRead(), ...ofOthers])
  return given
    .filter((name) => !known.has(name))
    .map((name) => {
      const nearest = nearestName(
        name.slice('CROSSWALK_'.length),
        [...known].map((other) => other.replace(/^CROSSWALK_/, '')),
      )
      const meant = nearest === undefined ? '' : ` Did you mean CROSSWALK_${nearest}?`
      return `The variable ${name} is set, and Crosswalk has none of that name: it does nothing.${meant}`
    })
}
