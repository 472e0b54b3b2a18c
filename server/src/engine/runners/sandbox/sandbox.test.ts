import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { describeLayers, describeMissing, hasNamespaces, type Isolation, isolations, type Layers } from './layers.ts'
import { probeSandbox } from './probe.ts'
import { findProgram, findPrograms } from './programs.ts'
import { syscallFilter } from './syscall-filter.ts'

const program = fileURLToPath(new URL('../../../../testing/look-out-of-sandbox.ts', import.meta.url))
const isRoot = process.getuid?.() === 0
const setpriv = findProgram('setpriv')

type Looked = {
  layers: Layers
  uid: number | undefined
  seen: Record<string, unknown>
}

let base = ''
let folder = ''
let outside = ''

before(async () => {
  base = await mkdtemp('/tmp/crosswalk-sandbox-test-')
  await chmod(base, 0o755)
  folder = join(base, 'workspace')
  outside = join(base, 'master.key')
  await mkdir(folder)
  await writeFile(join(folder, 'inside.txt'), 'inside')
  await writeFile(outside, 'a key', { mode: 0o600 })
})
after(() => rm(base, { recursive: true, force: true }))

/** Looks as root where the tests are root, and as somebody who is not. */
const users: { name: string; prefix: string[] }[] = [
  { name: isRoot ? 'root' : 'a user', prefix: [] },
  ...(isRoot && setpriv ? [{ name: 'a user', prefix: [setpriv, '--reuid', '60650', '--regid', '60650', '--clear-groups'] }] : []),
]

function look(isolation: Isolation, network: 'host' | 'none', prefix: string[]): Looked | null {
  const [command, ...args] = [...prefix, process.execPath, '--no-warnings', program, isolation, folder, outside, network]
  try {
    // the program prints that, or null
    return JSON.parse(
      execFileSync(command as string, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: {} }),
    ) as Looked | null
  } catch (error) {
    // A checkout that only root can read cannot be tried as somebody else.
    if (prefix.length > 0 && /EACCES|permission denied|cannot find module/i.test(String((error as { stderr?: string }).stderr))) return null
    throw error
  }
}

for (const { name, prefix } of users) {
  for (const isolation of isolations) {
    test(`behind ${isolation}, started by ${name}, code has what it needs and nothing that this layer keeps from it`, () => {
      const looked = look(isolation, 'none', prefix)
      // This machine does not have it: then it is said why, which another test asserts.
      if (looked === null) return
      const { layers, uid, seen } = looked
      assert.equal(layers.isolation, isolation)
      assert.equal(seen.inside, 'inside')
      if (uid !== undefined) assert.deepEqual([seen.uid, seen.groups], [uid, [uid]])
      if (isolation !== 'none') {
        assert.notEqual(seen.uid, 0)
        assert.deepEqual(new Set(seen.capabilities as string[]), new Set(['0000000000000000']))
        assert.equal(seen.noNewPrivileges, '1')
      }
      if (layers.hasLimits) assert.equal(seen.core, '0')
      if (layers.user === 'own') {
        assert.match(String(seen.outside), /ENOENT|EACCES/)
        assert.match(String(seen.signalParent), /ESRCH|EPERM/)
        assert.match(String(seen.write), /EACCES|EROFS/)
      }
      if (hasNamespaces(layers)) {
        assert.equal(seen.outside, 'ENOENT')
        assert.equal(seen.signalParent, 'ESRCH')
        assert.equal(seen.write, 'EROFS')
        assert.match(String(seen.writeTemporary), /EROFS|ENOENT/)
        assert.ok(Number(seen.processes) <= 2, `it sees ${seen.processes} processes`)
        assert.notEqual(seen.connection, 'connected')
        assert.equal(look(isolation, 'host', prefix)?.seen.connection, 'connected')
      }
      if (layers.hasSyscallFilter) assert.notEqual(seen.unshare, 'ran')
    })
  }
}

const here = () => ({ readable: [folder], folder })

test('where the stronger layers are refused, the next one holds, and says what is missing and how to get it', async () => {
  const programs = { ...findPrograms(), bwrap: undefined, unshare: undefined }
  const sandbox = await probeSandbox({ mode: 'auto', ...here(), programs })
  try {
    assert.equal(sandbox.layers.isolation, isRoot && process.platform === 'linux' ? 'setpriv' : 'none')
    assert.match(
      describeMissing(sandbox.layers, 'linux') ?? '',
      /bubblewrap: bwrap is not installed.*install bubblewrap and allow user namespaces/,
    )
    assert.match(describeLayers(sandbox.layers), isRoot ? /a user of their own/ : /the user of the worker/)
  } finally {
    sandbox.close()
  }
})

test('a program that is there and does not work is told with its reason', async () => {
  const programs = { ...findPrograms(), bwrap: '/bin/false', unshare: '/bin/false' }
  const sandbox = await probeSandbox({ mode: 'auto', ...here(), programs })
  sandbox.close()
  assert.deepEqual(
    sandbox.layers.refused.slice(0, 1).map(({ isolation }) => isolation),
    ['bubblewrap'],
  )
  assert.ok(sandbox.layers.refused.every(({ reason }) => reason.length > 0))
})

test('a workspace that only root can read is read as root, behind namespaces that give root nothing', async () => {
  await chmod(folder, 0o700)
  try {
    for (const isolation of ['bubblewrap', 'unshare'] as const) {
      const looked = look(isolation, 'none', [])
      if (looked === null || !isRoot) continue
      const { layers, seen } = looked
      assert.equal(layers.user, 'root')
      assert.match(describeMissing(layers) ?? '', /runs as root, without privileges.*chmod -R go\+rX/)
      assert.equal(seen.inside, 'inside')
      assert.notEqual(seen.uid, 0)
      assert.deepEqual(new Set(seen.capabilities as string[]), new Set(['0000000000000000']))
      assert.deepEqual([seen.outside, seen.signalParent, seen.write], ['ENOENT', 'ESRCH', 'EROFS'])
    }
  } finally {
    await chmod(folder, 0o755)
  }
})

test('what the sandbox keeps of its own has no name in the file system, so nothing is left of a worker that is killed', async () => {
  const { TMPDIR } = process.env
  const empty = await mkdtemp(join(base, 'tmp-'))
  process.env.TMPDIR = empty
  try {
    const sandbox = await probeSandbox({ mode: 'auto', ...here() })
    assert.deepEqual(await readdir(empty), [])
    sandbox.close()
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
  }
})

test('required refuses to start where namespaces are refused, and says what to do', async () => {
  const programs = { ...findPrograms(), bwrap: undefined, unshare: undefined }
  await assert.rejects(probeSandbox({ mode: 'required', ...here(), programs }), {
    code: 'sandbox_unavailable',
    message: process.platform === 'linux' ? /install bubblewrap and allow user namespaces/ : /run workers on Linux/,
  })
})

test('off is off, and says so', async () => {
  const sandbox = await probeSandbox({ mode: 'off', ...here() })
  sandbox.close()
  assert.equal(sandbox.layers.isolation, 'none')
  assert.match(describeLayers(sandbox.layers), /CROSSWALK_SANDBOX=off/)
  assert.match(describeMissing(sandbox.layers) ?? '', /CROSSWALK_SANDBOX is off/)
})

test('the filter of system calls is whole instructions, and unknown for a processor whose numbers are not known', () => {
  for (const architecture of ['x64', 'arm64'] as const) {
    const filter = syscallFilter('none', architecture)
    assert.ok(filter && filter.length % 8 === 0)
    assert.ok(filter.length > (syscallFilter('host', architecture)?.length ?? 0))
  }
  assert.equal(syscallFilter('none', 'riscv64'), undefined)
})
