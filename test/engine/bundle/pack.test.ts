import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { canonicalFiles } from '../../../engine/bundle/canonical-files.ts'
import { packBundle } from '../../../engine/bundle/pack.ts'
import { readTar } from '../../../engine/contract/tar.ts'

const text = (content: string): Uint8Array => new TextEncoder().encode(content)

const files = new Map([
  ['.manifest', text('{}')],
  ['.signatures.json', text('{}')],
  ['policy.wasm', text('wasm')],
  ['canaries.json', text('[]')],
  ['omie/rbac.rego', text('package omie.rbac')],
  ['catalogue.json', text('{}')],
  ['data.json', text('{}')],
  ['omie/decision.rego', text('package omie')],
])

test('the order of the files is ours, not that they came in', () => {
  const reversed = new Map([...files].reverse())
  expect(packBundle(reversed)).toEqual(packBundle(files))
  expect([...readTar(gunzipSync(packBundle(files))).keys()]).toEqual([
    'data.json',
    'omie/decision.rego',
    'omie/rbac.rego',
    'catalogue.json',
    'canaries.json',
    'policy.wasm',
    '.signatures.json',
    '.manifest',
  ])
})

test('neither the time nor the operating system stands in the archive', () => {
  // RFC 1952: bytes 4 to 7 are the time, byte 9 the system, 255 being an unknown one.
  expect([...packBundle(files).subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255])
})

test('a file whose name is no plain path is not packed', () => {
  for (const name of ['../x.rego', '/x.rego', 'a//b.rego', 'ação.rego', `${'a'.repeat(99)}`]) {
    expect(() => packBundle(new Map([[name, text('')]]))).toThrow('expected a plain relative path')
  }
})

test('JSON files are brought to their one text, other files are left alone', () => {
  const spelled = new Map([
    ['data.json', text('{"b":1.0, "a":"\\u003c"}\n')],
    ['omie/x.rego', text('package  x\n')],
  ])
  const once = canonicalFiles(spelled)
  expect(Buffer.from(once.get('data.json') ?? '').toString()).toBe('{"a":"<","b":1}')
  expect(Buffer.from(once.get('omie/x.rego') ?? '').toString()).toBe('package  x\n')
  expect(canonicalFiles(once)).toEqual(once)
})
