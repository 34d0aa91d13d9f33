import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readTar, writeTar } from '../../../engine/contract/tar.ts'
import { type RawEntry, rawTar } from '../../helpers/forge/tamper.ts'

const MALFORMED = expect.objectContaining({ code: 'BUNDLE_MALFORMED' })

const files = new Map([
  ['data.json', Buffer.from('{}')],
  ['omie/decision.rego', Buffer.alloc(512, 'a')],
  ['policy.wasm', Buffer.alloc(513, 'b')],
  ['.manifest', Buffer.alloc(0)],
])

test('what is written is read back, in the same order', () => {
  expect([...readTar(writeTar(files))]).toEqual([...files])
})

test('the raw helper of these tests writes what our writer writes', () => {
  expect(readTar(rawTar({ name: '/data.json', content: '{}' }))).toEqual(new Map([['data.json', Buffer.from('{}')]]))
})

test('the tar program lists the files with their names, sizes and mode', () => {
  const folder = mkdtempSync(join(tmpdir(), 'alcada-tar-'))
  writeFileSync(join(folder, 'a.tar'), writeTar(files))
  const list = execFileSync('tar', ['tvPf', join(folder, 'a.tar'), '--utc'], { encoding: 'utf8' })
  rmSync(folder, { recursive: true })
  expect(
    list
      .trim()
      .split('\n')
      .map((line) => line.replace(/ +/g, ' ')),
  ).toEqual([
    '-rw------- 0/0 2 1970-01-01 00:00 /data.json',
    '-rw------- 0/0 512 1970-01-01 00:00 /omie/decision.rego',
    '-rw------- 0/0 513 1970-01-01 00:00 /policy.wasm',
    '-rw------- 0/0 0 1970-01-01 00:00 /.manifest',
  ])
})

describe('refused:', () => {
  test.each<[string, RawEntry[]]>([
    ['a name that climbs out', [{ name: '/../etc/passwd' }]],
    ['a name that climbs out further in', [{ name: '/omie/../../x.rego' }]],
    ['a dot in the way', [{ name: '/./data.json' }]],
    ['a name without the slash', [{ name: 'data.json' }]],
    ['two slashes', [{ name: '//data.json' }]],
    ['an empty name', [{ name: '/' }]],
    ['a folder', [{ name: '/omie/', type: '5' }]],
    ['a backslash', [{ name: '/omie\\x.rego' }]],
    ['a space', [{ name: '/a b.rego' }]],
    ['a name that is not ASCII', [{ name: '/ação.rego' }]],
    ['a symbolic link', [{ name: '/data.json', type: '2', link: '/etc/passwd' }]],
    ['a hard link', [{ name: '/data.json', type: '1', link: '/policy.wasm' }]],
    ['a link target on a plain file', [{ name: '/data.json', link: '/etc/passwd' }]],
    ['a PAX header', [{ name: '/data.json', type: 'x', content: '20 path=/etc/passwd\n' }]],
    ['a GNU long name', [{ name: '/././@LongLink', type: 'L', content: 'data.json' }]],
    ['a device', [{ name: '/data.json', type: '3' }]],
    ['another mode', [{ name: '/data.json', mode: '0004755' }]],
    [
      'the same name twice',
      [
        { name: '/data.json', content: '1' },
        { name: '/data.json', content: '2' },
      ],
    ],
    ['a size of eight gigabytes', [{ name: '/data.json', content: '{}', size: 0o77777777777 }]],
    ['a size one block too large', [{ name: '/data.json', content: '{}', size: 2048 }]],
    ['a size smaller than the content', [{ name: '/data.json', content: '{"a":1}', size: 2 }]],
    ['a negative size', [{ name: '/data.json', size: '-0000000001' }]],
    ['a size in base 256', [{ name: '/data.json', size: '\x80\0\0\0\0\0\0\0\0\0\x01' }]],
    ['a size in decimal digits', [{ name: '/data.json', size: '00000000009' }]],
  ])('%s', (_what, entries) => {
    expect(() => readTar(rawTar(...entries))).toThrow(MALFORMED)
  })

  test('an empty file, one without an end mark, and one with something behind it', () => {
    const tar = Buffer.from(writeTar(files))
    expect(() => readTar(new Uint8Array())).toThrow(MALFORMED)
    expect(() => readTar(tar.subarray(0, -1))).toThrow(MALFORMED)
    expect(() => readTar(tar.subarray(0, -1024))).toThrow(MALFORMED)
    expect(() => readTar(Buffer.concat([tar, Buffer.alloc(512)]))).toThrow(MALFORMED)
    expect(() => readTar(Buffer.concat([tar, Buffer.from('x')]))).toThrow(MALFORMED)
  })

  test('more than 500 files', () => {
    const many = (count: number): Uint8Array =>
      writeTar(new Map(Array.from({ length: count }, (_, index) => [`f${index}`, new Uint8Array()])))
    expect(readTar(many(500)).size).toBe(500)
    expect(() => readTar(many(501))).toThrow(MALFORMED)
  })

  test('a bit turned over anywhere but in a file’s content', () => {
    const tar = Buffer.from(writeTar(files))
    const accepted: number[] = []
    for (let at = 0; at < tar.length; at++) {
      const bad = Buffer.from(tar)
      bad[at] = (bad[at] ?? 0) ^ 4
      try {
        readTar(bad)
        accepted.push(at)
      } catch {}
    }
    // 2 bytes of data.json, 512 of the module, 513 of the WASM; every header, padding and end mark is refused.
    expect(accepted).toHaveLength(2 + 512 + 513)
  })
})

test('whatever bytes come, it either reads or refuses', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4096 }), (bytes) => {
      try {
        readTar(bytes)
      } catch (error) {
        expect(error).toMatchObject({ code: 'BUNDLE_MALFORMED' })
      }
    }),
  )
})
