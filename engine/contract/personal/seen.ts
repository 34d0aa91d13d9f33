import { keyedDigest } from '../ledger-token.ts'
import type { SensitiveKind } from '../vocabulary.ts'

/** Personal data of one field that an answer showed, clear or masked. */
export interface PersonalSeen {
  /** JSON Pointer into the answer's data, `*` for every element. */
  field: string
  kind: SensitiveKind
  clear: boolean
  /** In how many places. */
  rows: number
  /** What they are looked up by: subject.ts. */
  subjects: ReadonlySet<string>
}

/** The same as the ledger keeps it. */
export interface PersonalReturned extends Omit<PersonalSeen, 'subjects'> {
  /** Keyed digests of the persons' identifiers: without the key nobody can try one out. Sorted. */
  tokens: string[]
}

/** Gathers what an answer shows, field by field. */
export interface Sightings {
  add(sight: { field: string; kind: SensitiveKind; clear: boolean; subject: string | null }): void
  all(): PersonalSeen[]
}

export function createSightings(): Sightings {
  const found = new Map<string, PersonalSeen & { subjects: Set<string> }>()
  return {
    add({ field, kind, clear, subject }) {
      const key = `${kind} ${clear} ${field}`
      const seen = found.get(key) ?? { field, kind, clear, rows: 0, subjects: new Set() }
      seen.rows += 1
      if (subject !== null) seen.subjects.add(subject)
      found.set(key, seen)
    },
    all: () => [...found.values()],
  }
}

/** As an event of the ledger keeps it; sorted by field and kind, clear first. Nothing where there is none. */
export function personalOf(seen: readonly PersonalSeen[], key: Uint8Array): { personal?: PersonalReturned[] } {
  if (seen.length === 0) return {}
  const personal = seen
    .map(({ subjects, ...rest }) => ({ ...rest, tokens: [...subjects].map((one) => subjectToken(one, key)).sort() }))
    .sort((a, b) => order(a).localeCompare(order(b)))
  return { personal }
}

/** 96 bits: a ledger holds thousands of them in an entry, and never so many that two would meet. */
export function subjectToken(subject: string, key: Uint8Array): string {
  return keyedDigest(`subject:${subject}`, key).slice(0, 24)
}

function order({ field, kind, clear }: Omit<PersonalReturned, 'tokens'>): string {
  return `${field} ${kind} ${clear ? 0 : 1}`
}
