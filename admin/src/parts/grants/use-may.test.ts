import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lackForAllOf, lackOf } from './use-may.ts'

test('what someone may not do is said in words, and what is not known yet is left to the server', () => {
  assert.equal(lackOf(['canManageMappings'], 'canManageMappings'), undefined)
  assert.equal(lackOf(undefined, 'canManageMappings'), undefined)
  assert.match(lackOf(['canViewMappings'], 'canManageMappings') ?? '', /permission “Manage mappings” here\. Ask an administrator/)
})

test('what is global takes a permission for all organizations, and who has it for some is told so', () => {
  const me = { permissions: ['canViewMappings', 'canManageMappings'], permissions_for_all: ['canViewMappings'] }
  assert.equal(lackForAllOf(me, 'canViewMappings'), undefined)
  assert.equal(lackForAllOf(undefined, 'canManageSecrets'), undefined)
  assert.match(lackForAllOf(me, 'canManageMappings') ?? '', /“Manage mappings” for some of them only\. Ask an administrator/)
  assert.match(lackForAllOf(me, 'canManageSecrets') ?? '', /do not have the permission “Manage secrets”/)
})
