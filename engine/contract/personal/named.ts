import { argumentKind } from '../ledger-token.ts'
import type { SensitiveKind } from '../vocabulary.ts'
import type { PersonalSeen } from './seen.ts'
import { show } from './show.ts'

/** Personal data in arguments and records, by the names of their fields and in their texts, as somebody sees it clear. */
export function namedPersonal(data: unknown): PersonalSeen[] {
  return show(data, { sensitive: fieldsOf(data, ''), mask: [], hidden: new Set() }).seen
}

function fieldsOf(value: unknown, at: string): { pointer: string; kind: SensitiveKind }[] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap((item, index) => fieldsOf(item, `${at}/${index}`))
  return Object.entries(value).flatMap(([name, inner]) => {
    const pointer = `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    const kind = typeof inner === 'string' ? argumentKind(name) : null
    return kind === null ? fieldsOf(inner, pointer) : [{ pointer, kind }]
  })
}
