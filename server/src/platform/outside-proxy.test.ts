import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type OutsideProxies, readProxies } from './outside-proxy.ts'

const read = (env: NodeJS.ProcessEnv): OutsideProxies => {
  const proxies = readProxies(env)
  if ('problem' in proxies) throw new Error(proxies.problem)
  return proxies
}

test('proxies are read as other programs read them', () => {
  const { https, http } = read({ https_proxy: 'http://me:p%40ss@proxy.example:3128', HTTPS_PROXY: 'http://other', HTTP_PROXY: 'proxy:80' })
  const authorization = `Basic ${Buffer.from('me:p@ss').toString('base64')}`
  assert.deepEqual(https, { host: 'proxy.example', port: 3_128, isSecure: false, authorization })
  assert.deepEqual(http, { host: 'proxy', port: 80, isSecure: false, authorization: null })
  assert.deepEqual(readProxies({ HTTPS_PROXY: 'socks5://proxy' }), {
    variable: 'HTTPS_PROXY',
    problem: 'names a proxy of socks5:, and only http: and https: are spoken',
  })
  assert.equal(read({ HTTPS_PROXY: '' }).https, null)
})

test('NO_PROXY names hosts with all that is below them, addresses and networks', () => {
  const { isDirect } = read({ NO_PROXY: 'example.com, .psa.internal 10.0.0.0/8,host.test:8443' })
  for (const host of ['example.com', 'api.EXAMPLE.com.', 'psa.internal', 'a.psa.internal', '10.1.2.3', 'localhost', '127.0.0.1', '[::1]'])
    assert.equal(isDirect(host, 443), true, host)
  for (const host of ['notexample.com', '11.0.0.1', 'host.test']) assert.equal(isDirect(host, 443), false, host)
  assert.equal(isDirect('host.test', 8_443), true)
  assert.equal(read({ NO_PROXY: '*' }).isDirect('example.com', 443), true)
})
