import { isMap, isScalar, isSeq, parseDocument, type Scalar, stringify, type YAMLMap, type YAMLSeq } from 'yaml'
import type { RevokedEntry } from '../validate/policy-files.ts'
import { inserted } from './text-edit.ts'

/** Something else than a policy file stands there. */
export class EditError extends Error {
  readonly code = 'EDIT_IMPOSSIBLE'
}

type Lists = Readonly<Partial<Record<keyof RevokedEntry, readonly string[]>>>

/**
 * The text of an rbac.yaml with these names in `revoked:`, and nothing else of it changed: every comment, order and
 * blank line stays. What stands there already is not put there twice.
 * @param reason stands as a comment where the block is new
 * @throws EditError when the text is no rbac.yaml
 */
export function withRevoked(text: string, lists: Lists, reason: string): string {
  return Object.entries(lists).reduce(
    (edited, [kind, names]) => names.reduce((before, name) => added(before, kind, name, reason), edited),
    text,
  )
}

function added(text: string, kind: string, name: string, reason: string): string {
  const document = parseDocument(text)
  const top = document.contents
  const rbac = isMap(top) ? pairOf(top, 'rbac') : null
  if (document.errors.length > 0 || rbac === null || !isMap(rbac.value)) {
    throw new EditError('expected an rbac.yaml with `rbac:` at its top')
  }
  const revoked = pairOf(rbac.value, 'revoked')
  const scalar = stringify(name).trimEnd()
  if (revoked === null || !isMap(revoked.value) || revoked.value.items.length === 0) {
    const indent = columnOf(text, first(rbac.value))
    const block = `${indent}revoked: # ${reason.replaceAll(/\s+/g, ' ')}\n${indent}  ${kind}: [${scalar}]\n`
    return inserted(text, lineAfter(text, rbac.key), block)
  }
  const list = pairOf(revoked.value, kind)
  if (list === null) {
    if (revoked.value.flow === true) return inserted(text, startOf(revoked.value) + 1, ` ${kind}: [${scalar}],`)
    const indent = columnOf(text, first(revoked.value))
    return inserted(text, lineStart(text, startOf(first(revoked.value))), `${indent}${kind}: [${scalar}]\n`)
  }
  if (!isSeq(list.value)) throw new EditError(`expected a list in \`revoked.${kind}\``)
  return withItem(text, list.value, name, scalar)
}

function withItem(text: string, list: YAMLSeq, name: string, scalar: string): string {
  const items = list.items.filter(isScalar)
  if (items.some(({ value }) => String(value) === name)) return text
  const last = items.at(-1)
  if (last === undefined) return inserted(text, startOf(list) + 1, scalar)
  if (list.flow === true) return inserted(text, endOf(last), `, ${scalar}`)
  const dash = text.slice(lineStart(text, startOf(last)), startOf(last))
  return inserted(text, lineStart(text, startOf(last)), `${dash}${scalar}\n`)
}

function pairOf(map: YAMLMap, name: string): { key: Scalar; value: unknown } | null {
  for (const { key, value } of map.items) if (isScalar(key) && key.value === name) return { key, value }
  return null
}

function first(map: YAMLMap): Scalar {
  const key = map.items[0]?.key
  if (isScalar(key)) return key
  throw new EditError('expected a key')
}

function startOf({ range }: { range?: readonly [number, number, number] | null | undefined }): number {
  if (range === null || range === undefined) throw new EditError('expected a place in the text')
  return range[0]
}

function endOf(node: Scalar): number {
  if (node.range === null || node.range === undefined) throw new EditError('expected a place in the text')
  return node.range[1]
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1
}

function lineAfter(text: string, key: Scalar): number {
  const end = text.indexOf('\n', startOf(key))
  if (end < 0) throw new EditError('expected more lines after `rbac:`')
  return end + 1
}

function columnOf(text: string, key: Scalar): string {
  return ' '.repeat(startOf(key) - lineStart(text, startOf(key)))
}
