import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lackOf } from './use-may.ts'

test('what someone may not do is said in words, and what is not known yet is left to the server', () => {
  assert.equal(lackOf(['canManageMappings'], 'canManageMappings'), undefined)
  assert.equal(lackOf(undefined, 'canManageMappings'), undefined)
  assert.match(lackOf(['canViewMappings'], 'canManageMappings') ?? '', /permission “Manage mappings” here\. Ask an administrator/)
})
