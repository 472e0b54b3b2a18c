import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LookedUp, lookUp } from './lookups.ts'
import type { Caller } from './outside.ts'

const heads = [
  { kind: 'lookup', host: 'secret.example.net', family: 0 },
  { kind: 'resolve', host: 'secret.example.net', type: 'TXT' },
  { kind: 'resolve', host: 'secret.example.net', type: 'A' },
  { kind: 'reverse', host: '192.0.2.1', type: 'PTR' },
] as const
const callers: [string, Caller, string][] = [
  ['code outside of an execution', { hasPass: false, declared: null, namesOf: () => [], owner: 'a' }, 'no_execution'],
  [
    'code of an integration that declares another host',
    { hasPass: true, declared: { integration: 'halo', hosts: ['halo.example'] }, namesOf: () => [], owner: 'a' },
    'host_not_declared',
  ],
]

for (const [who, caller, reason] of callers)
  test(`nothing is asked for ${who}`, async () => {
    const asked: string[] = []
    const rules = {
      allow: [],
      ownPorts: [],
      lookUp: async (host: string) => {
        asked.push(host)
        return []
      },
    }
    for (const head of heads)
      await assert.rejects(
        lookUp(head, rules, caller, new LookedUp()),
        (error: { code: string; details: { reason: string } }) => error.code === 'egress_refused' && error.details.reason === reason,
        `${head.kind} ${head.host}`,
      )
    assert.deepEqual(asked, [])
  })
