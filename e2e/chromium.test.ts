import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { unpackedChromium } from './chromium.ts'

test('where several unpack the browser at the same time, each gets a whole one, and nothing else is left', {
  skip: process.platform === 'linux' && process.arch === 'x64' ? false : 'the packed browser is for Linux on x64',
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'crosswalk-chromium-'))
  try {
    const version = async () => (await promisify(execFile)(await unpackedChromium(join(folder, 'unpacked')), ['--version'])).stdout
    for (const told of await Promise.all([version(), version()])) assert.match(told, /^Chromium \d+/)
    assert.deepEqual(await readdir(folder), ['unpacked'])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
