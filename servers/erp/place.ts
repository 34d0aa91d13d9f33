import { tokensOf } from '../../engine/contract/pointer.ts'
import { notSent } from './outcome.ts'

// No ERP asks for longer lists by place; a slip in a pointer must not ask for gigabytes.
const MAX_INDEX = 999

/** A value and where it goes. */
export interface Placed {
  pointer: string
  value: unknown
}

/**
 * Builds a document out of values and their places, over `base` where there is one. A numeric token makes an array
 * where nothing stands yet; its holes become null. Nothing of it is text that is put together.
 */
export function placeAll(placed: readonly Placed[], base: unknown = undefined): unknown {
  let root = copyOf(base)
  for (const { pointer, value } of placed) root = put(root, tokensOf(pointer), copyOf(value))
  return root === undefined ? {} : filled(root)
}

/** The document without what stands at these pointers. */
export function dropAll(document: unknown, pointers: readonly string[]): unknown {
  const root = copyOf(document)
  for (const pointer of pointers) {
    const tokens = tokensOf(pointer)
    const last = tokens.pop()
    let parent: unknown = root
    for (const token of tokens)
      parent = isContainer(parent) && Object.hasOwn(parent, token) ? Reflect.get(parent, token) : undefined
    if (last === undefined || !isContainer(parent)) continue
    if (Array.isArray(parent)) parent.splice(Number(last), 1)
    else Reflect.deleteProperty(parent, last)
  }
  return root
}

function put(node: unknown, tokens: readonly string[], value: unknown): unknown {
  const [token, ...rest] = tokens
  if (token === undefined) return value
  const index = /^(0|[1-9][0-9]*)$/.test(token) ? Number(token) : null
  const container = isContainer(node) ? node : index === null ? {} : []
  if (Array.isArray(container)) {
    if (index === null || index > MAX_INDEX) throw notSent('internal', 'the catalogue places a value outside of a list')
    container[index] = put(container[index], rest, value)
    return container
  }
  if (token === '__proto__') throw notSent('internal', 'the catalogue places a value at a prototype')
  const own = Object.hasOwn(container, token) ? Reflect.get(container, token) : undefined
  Reflect.set(container, token, put(own, rest, value))
  return container
}

function filled(node: unknown): unknown {
  if (!isContainer(node)) return node
  if (Array.isArray(node)) return Array.from(node, (item: unknown) => (item === undefined ? null : filled(item)))
  for (const [key, inner] of Object.entries(node)) Reflect.set(node, key, filled(inner))
  return node
}

function copyOf(node: unknown): unknown {
  if (!isContainer(node)) return node
  if (Array.isArray(node)) return node.map(copyOf)
  return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, copyOf(inner)]))
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !JSON.isRawJSON(value)
}
