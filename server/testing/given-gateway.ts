import { Gateway, type GatewayOptions } from '../src/gateway/gateway.ts'
import { loopback } from '../src/platform/egress-rules.ts'
import { testLogger } from './test-app.ts'

/** The way out of a test's runners. It starts with the first of them. */
export function givenGateway(options: Partial<GatewayOptions> = {}): Gateway {
  return new Gateway({ logger: testLogger, allow: loopback.split(','), ownPorts: [], certificates: [], onRefused() {}, ...options })
}
