import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkAuditSinks } from './audit.checks.ts'
import type { Finding } from './finding.ts'
import {
  checkDataDirectory,
  checkDiskSpace,
  checkKeyFile,
  checkNode,
  checkPostgresBinaries,
  checkWorkspaceFolder,
} from './machine.checks.ts'
import { checkExpiring } from './secrets.checks.ts'
import {
  checkDatabase,
  checkMasterKeyFits,
  checkPort,
  checkRunning,
  checkSandbox,
  checkSchema,
  checkWorker,
  checkWorkspaceLoads,
} from './service.checks.ts'

const keyFile = { path: '/data/master.key', variable: 'CROSSWALK_MASTER_KEY', isVariableSet: false }
const reachable = { state: 'reachable', version: '18.4', versionNumber: 180_004, missing: [], unknown: [], hasRoles: true } as const
const port = { host: '127.0.0.1', port: 7071 }

const cases: [string, Finding, Finding['status'], RegExp?][] = [
  ['the pinned Node', checkNode('24.21.0', '24.21.0'), 'ok'],
  ['another Node', checkNode('22.0.0', '24.21.0'), 'warn'],
  ['no pinned Node', checkNode('22.0.0', undefined), 'fail', /npm ci/],
  ['a writable data directory', checkDataDirectory({ path: '/data', state: 'writable' }), 'ok'],
  ['no data directory yet', checkDataDirectory({ path: '/data', state: 'missing' }), 'warn'],
  ['a file in its place', checkDataDirectory({ path: '/data', state: 'not_a_directory' }), 'fail'],
  ['a data directory of somebody else', checkDataDirectory({ path: '/data', state: 'not_writable', reason: 'EACCES' }), 'fail'],
  ['a key file for its owner only', checkKeyFile('Master key', { ...keyFile, mode: 0o600 }), 'ok'],
  ['a key file that others can read', checkKeyFile('Master key', { ...keyFile, mode: 0o644 }), 'fail', /chmod 600 \/data\/master\.key/],
  ['no key file before the first start', checkKeyFile('Master key', { ...keyFile, mode: undefined }), 'ok'],
  ['much space', checkDiskSpace('/data', 50e9), 'ok'],
  ['little space', checkDiskSpace('/data', 0.5e9), 'warn'],
  ['no space', checkDiskSpace('/data', 0.1e9), 'fail'],
  ['embedded programs that run', checkPostgresBinaries(true, { major: '18' }), 'ok'],
  ['embedded programs that are missing', checkPostgresBinaries(true, { problem: 'not installed' }), 'fail'],
  ['embedded programs that nobody needs', checkPostgresBinaries(false, { problem: 'not installed' }), 'ok'],
  ['no workspace', checkWorkspaceFolder('/workspace', false), 'fail'],
  ['an installation that runs', checkRunning({ url: 'http://x', said: null, answers: true }), 'ok'],
  ['one that was killed', checkRunning({ url: 'http://x', said: { url: 'http://x', pid: 7 }, answers: false }), 'warn'],
  ['one that does not run', checkRunning({ url: 'http://x', said: null, answers: false }), 'ok'],
  ['a free port', checkPort({ ...port, state: 'free' }), 'ok'],
  ['a port that the system chooses', checkPort({ ...port, port: 0, state: 'free' }), 'ok'],
  ['our own port', checkPort({ ...port, state: 'ours' }), 'ok'],
  ['a taken port', checkPort({ ...port, state: 'taken' }), 'fail', /CROSSWALK_PORT/],
  ['a database that answers', checkDatabase(reachable), 'ok'],
  ['one that is too old', checkDatabase({ ...reachable, version: '14.1', versionNumber: 140_001 }), 'fail'],
  ['one that does not answer', checkDatabase({ state: 'unreachable', reason: 'ECONNREFUSED' }), 'fail', /DATABASE_URL/],
  ['an embedded one that sleeps', checkDatabase({ state: 'stopped' }), 'ok'],
  ['our schema', checkSchema(reachable), 'ok'],
  ['an older schema', checkSchema({ ...reachable, missing: ['0003_x.sql'] }), 'fail', /crosswalk migrate/],
  [
    'a user of the database without a role',
    checkSchema({ ...reachable, hasRoles: false }),
    'fail',
    /grant crosswalk_app, crosswalk_listed to/,
  ],
  ['a newer schema', checkSchema({ ...reachable, unknown: ['9999_x.sql'] }), 'fail'],
  ['a key that fits', checkMasterKeyFits({ state: 'fits' }), 'ok'],
  ['a key that does not', checkMasterKeyFits({ state: 'mismatch', reason: 'Another key.' }), 'fail'],
  ['a key that was lost', checkMasterKeyFits({ state: 'missing' }), 'fail'],
  ['a live worker', checkWorker('ok'), 'ok'],
  ['no live worker', checkWorker('no worker is alive.'), 'fail', /crosswalk worker/],
  ['confined author code', checkSandbox('ok'), 'ok'],
  ['what confines author code', checkSandbox('ok', ['on here: Author code is confined by bubblewrap.']), 'ok', /bubblewrap/],
  ['author code that only Node confines', checkSandbox('on here: Namespaces are missing.'), 'warn', /docs\/security\.md/],
  ['a workspace that loads', checkWorkspaceLoads([]), 'ok'],
  ['an audit that is sent nowhere', checkAuditSinks([]), 'ok'],
  ['an audit that arrives', checkAuditSinks([{ name: 'syslog', behind: 0, failing_since: null, last_error: null }]), 'ok'],
  [
    'an audit that does not arrive',
    checkAuditSinks([{ name: 'webhook', behind: 3, failing_since: '2026-01-01T00:00:00.000Z', last_error: 'It answered 500.' }]),
    'warn',
    /CROSSWALK_AUDIT_WEBHOOK/,
  ],
  ['a file that does not load', checkWorkspaceLoads([{ file: 'workflows/a.ts', reason: 'a typo' }]), 'fail'],
]

for (const [what, finding, status, remedy] of cases) {
  test(`${what}: ${status}`, () => {
    assert.equal(finding.status, status, finding.message)
    if (status === 'ok') assert.equal(finding.remedy, null)
    else assert.match(finding.remedy ?? '', remedy ?? /./)
  })
}

test('secrets that nobody could look at are not said to be good for longer', () => {
  assert.equal(checkExpiring(undefined, new Date()).message, 'not looked at')
  assert.equal(checkExpiring([], new Date()).message, 'none within 14 days')
})
