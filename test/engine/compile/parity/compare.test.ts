import { expect, test } from 'vitest'
import type { Answer } from '../../../../engine/compile/parity/case.ts'
import { differenceOf } from '../../../../engine/compile/parity/compare.ts'

const UNDEFINED: Answer = { is: 'undefined' }
const ERROR: Answer = { is: 'error', message: 'two values of one rule' }

function value(of: unknown): Answer {
  return { is: 'value', value: of }
}

test('the same value is no difference, whatever order the keys of an object have', () => {
  expect(differenceOf(value({ a: 1, b: [1, 2] }), value({ b: [1, 2], a: 1 }))).toBeNull()
})

test('undefined on both sides is no difference, nor is an error on both', () => {
  expect(differenceOf(UNDEFINED, UNDEFINED)).toBeNull()
  expect(differenceOf(ERROR, { is: 'error', message: 'the evaluation failed' })).toBeNull()
})

test('undefined on one side and an error on the other is one, and so is either against a value', () => {
  expect(differenceOf(UNDEFINED, ERROR)).toMatchObject({
    interpreter: 'nothing (undefined)',
    wasm: 'an error (two values of one rule)',
  })
  expect(differenceOf(ERROR, value(null))).toMatchObject({ wasm: 'null' })
  expect(differenceOf(value(false), UNDEFINED)).toMatchObject({ interpreter: 'false' })
})

test('the first place that differs is named, deep in the answer', () => {
  const left = value({ reasons: [{ code: 'a', message: '0.1' }] })
  const right = value({ reasons: [{ code: 'a', message: '0.10' }] })
  expect(differenceOf(left, right)).toEqual({
    pointer: '/reasons/0/message',
    interpreter: '"0.1"',
    wasm: '"0.10"',
    reordered: false,
  })
})

test('the same elements in another order are a difference, and said to be that', () => {
  expect(differenceOf(value({ mask: ['b', 'a'] }), value({ mask: ['a', 'b'] }))).toEqual({
    pointer: '/mask',
    interpreter: '["b","a"]',
    wasm: '["a","b"]',
    reordered: true,
  })
  expect(differenceOf(value(['a']), value(['a', 'a']))).toMatchObject({ reordered: false })
})

test('a number is not its text, and a field that is null is not one that is missing', () => {
  expect(differenceOf(value({ a: 1 }), value({ a: '1' }))).toMatchObject({ pointer: '/a' })
  expect(differenceOf(value({ a: null }), value({}))).toMatchObject({ interpreter: 'null', wasm: 'nothing' })
})
