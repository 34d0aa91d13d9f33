import { isMap, isScalar, isSeq, type LineCounter, type Node, type Pair } from 'yaml'
import { tokensOf } from '../contract/pointer.ts'
import type { Place, YamlFile } from './tree.ts'

/** Finds keys and values of a parsed document by JSON Pointer. */
export function locator(root: Node | null, lines: LineCounter): YamlFile['locate'] {
  return (pointer, part = 'value') => {
    const tokens = tokensOf(pointer)
    let node: unknown = root
    let key: unknown = null
    let missing = false
    for (const token of tokens) {
      const next = child(node, token)
      if (next === null) {
        missing = true
        break
      }
      key = next.key
      node = next.value
    }
    // Of something that is missing, its parent's key is the best place: there it would have to be added.
    const wanted = part === 'key' || missing ? (key ?? node) : (node ?? key)
    return placeOf(wanted, lines) ?? placeOf(key, lines) ?? placeOf(root, lines) ?? { line: 1, column: 1 }
  }
}

function child(node: unknown, token: string): { key: unknown; value: unknown } | null {
  if (isMap(node)) {
    const pair = node.items.find((item: Pair) => isScalar(item.key) && String(item.key.value) === token)
    return pair === undefined ? null : { key: pair.key, value: pair.value }
  }
  if (isSeq(node) && /^(0|[1-9][0-9]*)$/.test(token)) {
    const item = node.items[Number(token)]
    return item === undefined ? null : { key: item, value: item }
  }
  return null
}

function placeOf(node: unknown, lines: LineCounter): Place | null {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range)) return null
  const [start]: unknown[] = node.range
  if (typeof start !== 'number') return null
  const { line, col } = lines.linePos(start)
  return { line, column: col }
}
