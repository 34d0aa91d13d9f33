import { startTrytonStandIn } from '../../../engine/sandbox/tryton/server.ts'
import { needs } from '../../helpers/needs.ts'
import { startTryton } from '../../helpers/tryton/start.ts'

/** A payment as it stands in the ERP, past every server. */
export interface PaymentRow {
  id: string
  company: number
  party: string
  /** `842.50`. */
  amount: string
  state: string
}

/** A Tryton, real or a stand-in, whose records can be looked at without asking it. */
export interface Books {
  url: string
  credentials: Record<string, Record<string, string>>
  payments(): PaymentRow[]
  /** Names by id. */
  parties(): Record<string, string>
  /** Everything a call could have changed, with who wrote it when: equal before and after when nothing happened. */
  all(): unknown
  close(): Promise<void>
}

const opa = needs('opa').missing

/** What every story is told before: a real trytond, and the stand-in that `up` starts. */
export const TRYTONS: [name: string, start: () => Promise<Books>, missing: string | null][] = [
  ['a real trytond', realBooks, opa ?? needs('tryton').missing],
  ['its stand-in', standInBooks, opa],
]

/** A real trytond; its own SQLite tables are what is looked at. */
async function realBooks(): Promise<Books> {
  const tryton = await startTryton()
  return {
    get url() {
      return tryton.url
    },
    credentials: tryton.credentials,
    payments: () => tryton.query('select * from account_payment order by id').map(paymentRow),
    parties: () =>
      Object.fromEntries(tryton.query('select id, name from party_party').map(({ id, name }) => [id, name])),
    all: () => TABLES.map((table) => ({ table, rows: tryton.query(`select * from ${table} order by id`) })),
    close: () => tryton.close(),
  }
}

const TABLES = [
  'party_party',
  'party_identifier',
  'party_contact_mechanism',
  'party_category_rel',
  'account_payment',
  'account_move',
  'account_move_line',
]

async function standInBooks(): Promise<Books> {
  const standIn = await startTrytonStandIn()
  // Each company sees its own, and the parties are everybody's.
  const rows = (kind: string): Record<string, unknown>[] => {
    const seen = Object.keys(standIn.credentials).flatMap((company) => [...standIn.records(company, kind)])
    const rows = [...new Map(seen.map((row) => [Number(row['id']), row]))]
    return rows.sort(([one], [other]) => one - other).map(([, row]) => row)
  }
  return {
    url: standIn.url,
    credentials: standIn.credentials,
    payments: () => rows('account.payment').map(paymentRow),
    parties: () => Object.fromEntries(rows('party.party').map(({ id, name }) => [String(id), String(name)])),
    all: () => KINDS.map((kind) => ({ kind, rows: rows(kind) })),
    close: () => standIn.close(),
  }
}

const KINDS = [
  'party.party',
  'party.identifier',
  'party.contact_mechanism',
  'account.payment',
  'account.move',
  'account.move.line',
]

function paymentRow({ id, company, party, amount, state }: Record<string, unknown>): PaymentRow {
  const text = typeof amount === 'object' && amount !== null && 'decimal' in amount ? amount.decimal : amount
  const written = { id: String(id), party: String(party), state: String(state) }
  // `842.5` and `842.50` are one amount.
  return { ...written, company: Number(company), amount: Number(text).toFixed(2) }
}
