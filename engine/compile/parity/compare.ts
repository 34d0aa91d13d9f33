import { canonicalText } from '../../contract/canonical.ts'
import type { Answer } from './case.ts'

/** Where and how two answers differ first. */
export interface Difference {
  /** JSON Pointer into the answer; empty where the answers differ as a whole. */
  pointer: string
  interpreter: string
  wasm: string
  /** The same elements in another order: a set that was not sorted. */
  reordered: boolean
}

/** Null where both sides say the same: the same value (keys of objects in any order), both undefined, or both an error. */
export function differenceOf(interpreter: Answer, wasm: Answer): Difference | null {
  if (interpreter.is !== 'value' || wasm.is !== 'value') {
    if (interpreter.is === wasm.is) return null
    return { pointer: '', interpreter: wordsOf(interpreter), wasm: wordsOf(wasm), reordered: false }
  }
  return firstDifference(interpreter.value, wasm.value, '')
}

/** An answer in a line. */
export function wordsOf(answer: Answer): string {
  if (answer.is === 'value') return JSON.stringify(answer.value)
  return answer.is === 'undefined' ? 'nothing (undefined)' : `an error (${answer.message})`
}

function firstDifference(left: unknown, right: unknown, pointer: string): Difference | null {
  if (isObject(left) && isObject(right) && Array.isArray(left) === Array.isArray(right)) {
    if (Array.isArray(left) && Array.isArray(right) && left.length === right.length && sameElements(left, right)) {
      return textOf(left) === textOf(right) ? null : made(left, right, pointer, true)
    }
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort()
    for (const key of keys) {
      const below = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
      const found = firstDifference(Reflect.get(left, key), Reflect.get(right, key), below)
      if (found !== null) return found
    }
    return null
  }
  return textOf(left) === textOf(right) ? null : made(left, right, pointer, false)
}

function made(left: unknown, right: unknown, pointer: string, reordered: boolean): Difference {
  return { pointer, interpreter: textOf(left), wasm: textOf(right), reordered }
}

function sameElements(left: readonly unknown[], right: readonly unknown[]): boolean {
  return textOf(left.map(textOf).sort()) === textOf(right.map(textOf).sort())
}

function textOf(value: unknown): string {
  return value === undefined ? 'nothing' : canonicalText(value)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
