import { createHmac, timingSafeEqual } from 'node:crypto'

/** What an execution may do on the network, as its worker decided it. */
export type Pass = {
  runner: string
  executionId: string
  organizationId: string | null
  /** What runs: the workflow, the integration or the data provider. */
  name: string
  /** Where nothing but one integration's code runs, as in its discovery and its connection test. */
  integration: string | null
}

const maxRemembered = 1_000

/** A pass as text that only the holder of the key can make: author code carries it, and cannot change it. */
export function signPass(key: Buffer, pass: Pass): string {
  const text = Buffer.from(JSON.stringify(pass)).toString('base64url')
  return `${text}.${macOf(key, text).toString('base64url')}`
}

const macOf = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest()

/** Reads passes of one runner. Undefined for what the key did not sign, or signed for another runner. */
export function passReader(key: Buffer, runner: string): (text: unknown) => Pass | undefined {
  const known = new Map<string, Pass>()
  return (given) => {
    if (typeof given !== 'string' || given.length > 4_096) return undefined
    const remembered = known.get(given)
    if (remembered) return remembered
    const [text = '', mac = ''] = given.split('.')
    const wanted = macOf(key, text)
    const found = Buffer.from(mac, 'base64url')
    if (found.length !== wanted.length || !timingSafeEqual(found, wanted)) return undefined
    const pass = JSON.parse(Buffer.from(text, 'base64url').toString()) as Pass // signed by our own worker
    if (pass.runner !== runner) return undefined
    if (known.size >= maxRemembered) known.clear()
    known.set(given, pass)
    return pass
  }
}
