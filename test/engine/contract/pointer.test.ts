import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readAll, readPointer, tokensOf } from '../../../engine/contract/pointer.ts'

const document = { a: { b: [1, { c: null }] }, 'x/y': 2, '~': 3, '': 4, list: [{ v: 1 }, {}, { v: 3 }] }

test.each<[string, unknown]>([
  ['', document],
  ['/a/b/0', 1],
  ['/a/b/1/c', null],
  ['/a/b/2', undefined],
  ['/x~1y', 2],
  ['/~0', 3],
  ['/', 4],
  ['/a/b/0/deeper', undefined],
])('`%s` reads what stands there', (pointer, value) => {
  expect(readPointer(document, pointer)).toEqual(value)
})

test.each(['/constructor', '/__proto__', '/a/toString', '/a/b/map', '/a/b/__proto__/length'])(
  '`%s` reaches no prototype',
  (pointer) => {
    expect(readPointer(document, pointer)).toBeUndefined()
    expect(readAll(document, pointer)).toEqual([undefined])
  },
)

test('a star reads every element and leaves a gap where one lacks the value', () => {
  expect(readAll(document, '/list/*/v')).toEqual([1, undefined, 3])
  expect(readAll(document, '/a/*')).toEqual([undefined])
  expect(readAll({ list: [] }, '/list/*/v')).toEqual([])
})

test('a pointer begins with a slash', () => {
  expect(() => tokensOf('a/b')).toThrow('expected a JSON Pointer, got `a/b`')
})

test('any key is reached by its escaped pointer', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (first, second) => {
      const escaped = [first, second].map((key) => key.replaceAll('~', '~0').replaceAll('/', '~1'))
      const holder = Object.fromEntries([[first, Object.fromEntries([[second, 1]])]])
      expect(readPointer(holder, `/${escaped.join('/')}`)).toBe(1)
    }),
  )
})
