import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkAdvisories, judgeAudit } from './advisories.ts'

/** As npm 11 answers, with what does not matter left out. */
const vulnerability = (name: string, severity: string, nodes: string[], from?: string) => ({
  name,
  severity,
  isDirect: false,
  via: from
    ? [from]
    : [
        {
          source: 1,
          name,
          dependency: name,
          title: `Prototype pollution in ${name}`,
          url: `https://github.com/advisories/GHSA-${name}`,
          severity,
          cwe: ['CWE-1321'],
          cvss: { score: 9.8, vectorString: null },
          range: '<1.2.6',
        },
      ],
  effects: [],
  range: '<1.2.6',
  nodes,
  fixAvailable: true,
})
const answer = (...found: ReturnType<typeof vulnerability>[]) =>
  JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities: Object.fromEntries(found.map((one) => [one.name, one])),
    metadata: { vulnerabilities: { info: 0, low: 0, moderate: 0, high: 0, critical: 0, total: found.length } },
  })

const packages = { 'node_modules/served': {}, 'node_modules/tested': { dev: true }, 'node_modules/by': {} }

test('a severe advisory of what a release is made of is refused, and one of what only tests it is not', () => {
  const found = answer(
    vulnerability('served', 'high', ['node_modules/served']),
    vulnerability('tested', 'critical', ['node_modules/tested']),
    vulnerability('by', 'high', ['node_modules/by'], 'served'),
  )
  assert.deepEqual(judgeAudit(found, packages), {
    isAsked: true,
    refused: ['served <1.2.6: Prototype pollution in served (high, https://github.com/advisories/GHSA-served)'],
    told: [],
  })
})

test('what is less severe is told', async () => {
  const { isGood, output } = await checkAdvisories(async () => answer(vulnerability('mild', 'moderate', ['node_modules/mild'])))
  assert.equal(isGood, true)
  assert.match(output, /^known, and not severe: mild/)
})

test('without an answer nothing fails, and the output says that nobody was asked', async () => {
  for (const [said, reason] of [
    [JSON.stringify({ message: '405 Method Not Allowed - POST https://registry.example/x' }), /^not asked: 405 Method Not Allowed/],
    [JSON.stringify({ error: { code: 'ENOTFOUND', summary: 'request to https://registry.example/x failed' } }), /^not asked: request to/],
    ['', /^not asked: npm gave no answer/],
    ['<html>', /^not asked: <html>/],
  ] as const) {
    const { isGood, output } = await checkAdvisories(async () => said)
    assert.equal(isGood, true)
    assert.match(output, reason)
  }
})

test('a severe advisory fails the check', async () => {
  const { isGood } = await checkAdvisories(async () => answer(vulnerability('served', 'critical', ['node_modules/better-auth'])))
  assert.equal(isGood, false)
})
