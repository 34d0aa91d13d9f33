import type { FieldSource, RecordMap } from '../../../contract/tool.ts'
import { RECORDS } from '../../../contract/universal/record.ts'
import type { SensitiveKind } from '../../../contract/vocabulary.ts'
import { fieldSource, identifierIn } from './fields.ts'
import type { Leaf } from './schema.ts'

/** How a native record becomes one of the vocabulary; null where nothing names it. `resource`: plain words. */
export function recordMap(entities: readonly string[], resource: string, leaves: readonly Leaf[]): RecordMap | null {
  const entity = entities[0] ?? ''
  const record = RECORDS[entity]
  const id = identifierIn(leaves, resource)
  if (record === undefined || id === undefined) return null
  const fields: Record<string, FieldSource> = { '/id': { from: id.pointer } }
  const sensitive: Record<string, SensitiveKind> = {}
  let free = leaves.filter((leaf) => leaf !== id)
  for (const [pointer, field] of Object.entries(record)) {
    if (pointer === '/id') continue
    const found = fieldSource(pointer.slice(1), field, entity, free)
    if (found === null) continue
    // One value is one field: a name that may be two of them is the first.
    free = free.filter((leaf) => leaf !== found.leaf)
    fields[pointer] = found.source
    if (field.sensitive !== undefined) sensitive[pointer] = field.sensitive
  }
  return { ...(entities.length > 1 ? { record: [...entities] } : {}), fields, sensitive }
}

/** What a write is answered with: the identifier of what was made; null where the answer names nothing. */
export function writtenMap(resource: string, leaves: readonly Leaf[]): RecordMap | null {
  const id = identifierIn(leaves, resource)
  if (id === undefined) return null
  return {
    record: 'written',
    fields: { '/id': { from: id.pointer }, '/reference': { arg: '/reference' } },
    sensitive: {},
  }
}

/** For writes whose answer need not repeat what was written. */
export const CHANGED: RecordMap = {
  record: 'written',
  fields: { '/id': { arg: '/id' }, '/reference': { arg: '/reference' } },
  sensitive: {},
}
