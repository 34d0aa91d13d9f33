import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument, stringify } from 'yaml'
import { inserted } from '../text-edit.ts'

/** A value that cannot be set as asked. The message says where, and what would be right. */
export class SetError extends Error {
  readonly code = 'SET_IMPOSSIBLE'
}

/** `policies/omie/rbac.yaml:/rbac/alcada/settle/0/up_to=2000.00` in its parts. */
export interface Setting {
  file: string
  /** JSON Pointer; a list's items are counted from 0. */
  pointer: string
  /** As it will stand in the file: YAML. */
  value: string
}

/** @throws SetError for anything but FILE:POINTER=VALUE */
export function parseSetting(text: string): Setting {
  const [, file, pointer, value] = /^([^:]+):((?:\/[^=]*)+)=(.*)$/s.exec(text) ?? []
  if (file === undefined || pointer === undefined || value === undefined || value.trim() === '') {
    throw new SetError(
      `expected --set as \`policies/omie/rbac.yaml:/rbac/alcada/settle/0/up_to=2000.00\`, got \`${text}\``,
    )
  }
  if (!/^(policies|erps)\/[\w.-]+\/[\w.-]+\.yaml$/.test(file)) {
    throw new SetError(`expected a YAML file of policies/ or erps/, got \`${file}\``)
  }
  return { file, pointer, value: value.trim() }
}

/**
 * The text with one value of it changed: every other byte, comments and order included, stays. A key that is not there
 * is not made: that is nearly always a slip of the pen.
 * @throws SetError
 */
export function withValue(text: string, { file, pointer, value }: Setting): string {
  const document = parseDocument(text)
  const [fault] = document.errors
  if (fault !== undefined) throw new SetError(`\`${file}\` is no YAML as it stands: ${fault.message}`)
  const node = nodeAt(document, { file, pointer, value })
  const written = spelled(node, { file, pointer, value })
  if (node.range === null || node.range === undefined) throw new SetError(`\`${pointer}\` has no place in \`${file}\``)
  const [start, end] = node.range
  // What stands on lines of its own has comments of its own: replacing it would lose them.
  if ((isMap(node) || isSeq(node)) && node.flow !== true) {
    throw new SetError(`\`${pointer}\` of \`${file}\` stands on several lines; set what it holds one by one`)
  }
  const changed = inserted(text.slice(0, start) + text.slice(end), start, written)
  const after = parseDocument(changed)
  if (after.errors.length > 0)
    throw new SetError(`\`${value}\` cannot stand at \`${pointer}\` of \`${file}\`; quote it`)
  return changed
}

function nodeAt(document: Document, { file, pointer }: Setting): Node {
  let node: unknown = document.contents
  let at = ''
  for (const part of pointer.slice(1).split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    const next = childOf(node, key)
    if (next === undefined) throw new SetError(`\`${file}\` has no \`${at}/${part}\`${known(node, at)}`)
    at += `/${part}`
    node = next
  }
  if (isAlias(node)) throw new SetError(`\`${pointer}\` of \`${file}\` stands elsewhere in it; set it there`)
  if (isScalar(node) || isMap(node) || isSeq(node)) return node
  throw new SetError(`\`${pointer}\` of \`${file}\` has no value that could be changed`)
}

function childOf(node: unknown, key: string): unknown {
  if (isSeq(node)) return /^(0|[1-9]\d*)$/.test(key) ? node.items[Number(key)] : undefined
  if (!isMap(node)) return undefined
  return node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key)?.value ?? undefined
}

function known(node: unknown, at: string): string {
  const where = at === '' ? 'the top' : `\`${at}\``
  if (isSeq(node)) return `: ${where} is a list of ${node.items.length}, counted from 0`
  if (!isMap(node)) return `: ${where} is a single value`
  const names = node.items.flatMap(({ key }) => (isScalar(key) ? [`\`${String(key.value)}\``] : []))
  return `: ${where} has ${names.join(', ')}`
}

/** One line of YAML of the kind that stands there: a scalar as it was typed, or a list or map in brackets. */
function spelled(node: Node, { file, pointer, value }: Setting): string {
  const given = parseDocument(value)
  if (given.errors.length > 0 || value.includes('\n')) {
    throw new SetError(`expected one line of YAML for \`${pointer}\` of \`${file}\`, got \`${value}\``)
  }
  const [there, here] = [kindOf(node), kindOf(given.contents)]
  if (there !== here) {
    throw new SetError(`\`${pointer}\` of \`${file}\` is a ${there}, and \`${value}\` is a ${here}`)
  }
  if (here !== 'single value') return value
  // `#` would begin a comment, and a `,` or `}` end the list around it.
  const plain = /^[\w.+-]+( [\w.+-]+)*$/.test(value) || /^("[^"]*"|'[^']*')$/.test(value)
  return plain ? value : stringify(value, { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 0 }).trimEnd()
}

function kindOf(node: unknown): 'single value' | 'list' | 'map' {
  return isSeq(node) ? 'list' : isMap(node) ? 'map' : 'single value'
}
