import { isRow, type Row } from '../row.ts'
import { isoDay } from './date.ts'
import { badValue, requiredTag, unknownTag } from './fault.ts'

/** The tags of one complex type of Omie's WSDL, by what they hold. */
export interface Structure {
  name: string
  tags: ReadonlyMap<string, Holds>
  required: readonly string[]
}

type Holds = 'text' | 'integer' | 'decimal' | 'date' | 'flag' | Structure

interface Tags {
  /** Space-separated tag names. */
  text?: string
  integer?: string
  decimal?: string
  /** dd/mm/aaaa. */
  date?: string
  /** S or N. */
  flag?: string
  /** Structures within, alone or in a list. */
  nested?: Record<string, Structure>
  required?: string
}

export function structure(name: string, tags: Tags): Structure {
  const held = new Map<string, Holds>()
  const words = (list: string | undefined): string[] => (list ?? '').split(' ').filter((word) => word !== '')
  for (const word of words(tags.text)) held.set(word, 'text')
  for (const word of words(tags.integer)) held.set(word, 'integer')
  for (const word of words(tags.decimal)) held.set(word, 'decimal')
  for (const word of words(tags.date)) held.set(word, 'date')
  for (const word of words(tags.flag)) held.set(word, 'flag')
  for (const [word, nested] of Object.entries(tags.nested ?? {})) held.set(word, nested)
  return { name, tags: held, required: words(tags.required) }
}

/** Throws the fault Omie answers for the first tag that is unknown, ill-typed or missing. */
export function checkStructure(type: Structure, param: Row): void {
  for (const [tag, value] of Object.entries(param)) {
    const holds = type.tags.get(tag)
    if (holds === undefined) throw unknownTag(tag, type.name)
    if (value !== null) checkValue(tag, holds, value)
  }
  for (const tag of type.required) {
    if (param[tag] === undefined || param[tag] === null || param[tag] === '') throw requiredTag(tag)
  }
}

function checkValue(tag: string, holds: Holds, value: unknown): void {
  if (typeof holds !== 'string') {
    for (const part of Array.isArray(value) ? value : [value]) {
      if (!isRow(part)) throw badValue(tag)
      checkStructure(holds, part)
    }
    return
  }
  if (!fits(holds, value)) throw badValue(tag)
}

function fits(holds: Exclude<Holds, Structure>, value: unknown): boolean {
  if (holds === 'integer') return typeof value === 'number' && Number.isSafeInteger(value)
  if (holds === 'decimal') return typeof value === 'number' && Number.isFinite(value)
  if (typeof value !== 'string') return false
  if (holds === 'flag') return value === 'S' || value === 'N' || value === ''
  return holds === 'text' || value === '' || isoDay(value) !== undefined
}
