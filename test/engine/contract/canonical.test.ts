import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { canonicalText, contentDigest, digestOf, opaText, sha256 } from '../../../engine/contract/canonical.ts'
import { forgeKey } from '../../helpers/forge/key.ts'
import { needs } from '../../helpers/needs.ts'

test('canonical JSON sorts keys, spells numbers as ECMAScript does and escapes no more than it must', () => {
  expect(canonicalText({ b: [1.0, 1e21, 0.000001, -0], a: 'ç</"\u2028\u0007', 10: null, 9: true })).toBe(
    '{"10":null,"9":true,"a":"ç</\\"\u2028\\u0007","b":[1,1e+21,0.000001,0]}',
  )
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, '\ud800', undefined])('%s has no canonical text', (value) => {
  expect(() => canonicalText(value)).toThrow()
})

test('a digest is the SHA-256 of the canonical text', () => {
  // echo -n '{"a":1}' | sha256sum
  expect(digestOf({ a: 1 })).toBe('015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862')
})

test('the digest of a content ignores its order and its signature, and nothing else', () => {
  const a = new Map([
    ['x', Buffer.from('1')],
    ['y', Buffer.from('2')],
  ])
  const same = new Map([
    ['.signatures.json', Buffer.from('s')],
    ['y', Buffer.from('2')],
    ['x', Buffer.from('1')],
  ])
  expect(contentDigest(same)).toBe(contentDigest(a))
  expect(contentDigest(new Map([['x', Buffer.from('1')]]))).not.toBe(contentDigest(a))
  expect(
    contentDigest(
      new Map([
        ['x', Buffer.from('2')],
        ['y', Buffer.from('1')],
      ]),
    ),
  ).not.toBe(contentDigest(a))
})

const opa = needs('opa')

describe.skipIf(opa.missing !== null)('the text that OPA hashes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'alcada-opa-hash-'))
  const key = forgeKey()
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each<[string, unknown]>([
    ['nothing special', { config: { b: [1, 2.5, true, null], a: 'x' } }],
    ['HTML', { a: '<b>&</b>' }],
    ['line separators', { 'k\u2028': 'v\u2029' }],
    ['control characters', { a: '\u0000\u0007\b\f\n\r\t\u001f\u007f' }],
    ['quotes and slashes', { a: '"\\/' }],
    ['keys beyond the first plane, where UTF-16 and UTF-8 sort differently', { '\u{1f600}': 1, '\uffee': 2, z: 3 }],
    ['numbers', { a: [0, -1, 1e21, 1e-7, 0.1, 123456789012] }],
    ['empty things', { a: {}, b: [], c: '' }],
  ])('%s', (_what, value) => {
    // OPA parses the file and writes the value anew, so any spelling of it gives OPA's own hash.
    writeFileSync(join(folder, 'data.json'), opaText(value))
    writeFileSync(join(folder, 'key.pem'), key.privatePem, { mode: 0o600 })
    execFileSync(inject('compiler'), ['sign', '-b', '.', '--signing-alg', 'EdDSA', '--signing-key', 'key.pem'], {
      cwd: folder,
    })
    const [token] = JSON.parse(readFileSync(join(folder, '.signatures.json'), 'utf8')).signatures
    const payload = Buffer.from(token.split('.')[1], 'base64url').toString()
    const file = JSON.parse(payload).files.find((one: { name: string }) => one.name === 'data.json')
    expect(file.hash).toBe(sha256(opaText(value)))
  })
})
