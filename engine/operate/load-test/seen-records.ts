import { parseToolName } from '../../contract/vocabulary.ts'

/** The other side of each kind of title, and the argument that names it. */
export const TITLES: Readonly<Record<string, { argument: string; party: string }>> = {
  create_account_payable: { argument: 'vendor_id', party: 'vendor' },
  create_account_receivable: { argument: 'customer_id', party: 'customer' },
}

/** A record as it came in an answer. */
type Seen = Readonly<Record<string, unknown>> | null

/** What a title that was seen says of itself; the next one is entered like it. */
export interface SeenTitle {
  party: string
  /** Null where the ERP does not tell. */
  category: string | null
}

/** Ids of one kind that are remembered. */
const REMEMBERED = 50

/** Of a name that is searched for. */
const WORD = /\p{L}{3,}/u

/** What a user has seen so far, by kind of record. */
export interface SeenRecords {
  /** Ids that can be opened. */
  known: ReadonlyMap<string, readonly string[]>
  /** Words of names: nobody searches for what is not there, and Omie counts that as an error. */
  names: ReadonlyMap<string, readonly string[]>
  titles: ReadonlyMap<string, readonly SeenTitle[]>
  /** Told of what was answered: a list, or one record. */
  saw(tool: string, data: unknown): void
}

export function memoryOfRecords(): SeenRecords {
  const known = new Map<string, string[]>()
  const names = new Map<string, string[]>()
  const titles = new Map<string, SeenTitle[]>()
  return {
    known,
    names,
    titles,
    saw(tool, data) {
      const kind = kindOf(tool)
      const records: Seen[] = Array.isArray(data) ? data : [data]
      const title = TITLES[`create_${kind}`]
      remember(names, kind, wordsOf(textsAt(records, 'name')))
      if (title !== undefined) remember(names, title.party, wordsOf(textsAt(records, `${title.party}_name`)))
      if (!Array.isArray(data)) return
      remember(known, kind, textsAt(records, 'id'))
      if (title === undefined) return
      remember(known, title.party, textsAt(records, title.argument))
      const like = records.flatMap((record) => {
        const [party, category] = [record?.[title.argument], record?.['category_id']]
        return typeof party === 'string' ? [{ party, category: typeof category === 'string' ? category : null }] : []
      })
      remember(titles, kind, like)
    },
  }
}

function remember<Value>(into: Map<string, Value[]>, kind: string, values: readonly Value[]): void {
  if (values.length > 0) into.set(kind, values.slice(0, REMEMBERED))
}

function textsAt(records: readonly Seen[], key: string): string[] {
  return records.flatMap((record) => {
    const value = record?.[key]
    return typeof value === 'string' ? [value] : []
  })
}

/** The first word of each; masked ones have none. */
function wordsOf(values: readonly string[]): string[] {
  return values.flatMap((value) => WORD.exec(value)?.[0] ?? [])
}

/** The kind of record that a tool is about. */
export function kindOf(tool: string): string {
  return parseToolName(tool)?.entity ?? tool
}
