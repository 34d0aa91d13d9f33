import { expect, test } from 'vitest'
import { isNetwork, sourceReader } from '../../../servers/identity/source.ts'

const behind = sourceReader(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32'])

test.each<[string, string | undefined, string | undefined, string]>([
  ['the peer where it is no trusted proxy, whatever it says of others', '198.51.100.4', '203.0.113.9', '198.51.100.4'],
  ['the address that a trusted proxy saw', '10.1.2.3', '203.0.113.9', '203.0.113.9'],
  [
    'the rightmost one that is no proxy: further left the client wrote',
    '10.1.2.3',
    '1.1.1.1, 203.0.113.9, 10.9.9.9',
    '203.0.113.9',
  ],
  ['the proxy itself where it says nothing', '192.0.2.7', undefined, '192.0.2.7'],
  [
    'the last proxy that is known where what stands before it is no address',
    '10.1.2.3',
    '203.0.113.9, evil',
    '10.1.2.3',
  ],
  ['an address of IPv6', '2001:db8::1', '2001:4860::8', '2001:4860::8'],
  ['an IPv4 address, however it is wrapped', '::ffff:10.1.2.3', '203.0.113.9:4711', '203.0.113.9'],
  ['only so many hops', '10.1.2.3', `203.0.113.9, ${Array(40).fill('10.0.0.1').join(', ')}`, '10.0.0.1'],
  ['nobody where there is no peer', undefined, '203.0.113.9', 'unknown'],
])('the source is %s', (_what, peer, forwarded, source) => {
  expect(behind(peer, forwarded)).toBe(source)
})

test('without trusted proxies nobody speaks for another', () => {
  expect(sourceReader([])('127.0.0.1', '203.0.113.9')).toBe('127.0.0.1')
})

test('only addresses and networks are taken for proxies', () => {
  const good = ['10.0.0.0/8', '127.0.0.1', '::1', '2001:db8::/32']
  const bad = ['', 'proxy.example', '10.0.0.0/33', '10.0.0.0/8/8', '::1/129', '10.0.0.0/x']
  expect(good.map(isNetwork)).toEqual([true, true, true, true])
  expect(bad.map(isNetwork)).toEqual([false, false, false, false, false, false])
})
