import type { ReconcileMap, SettlementMap } from '../../contract/reconcile.ts'
import { type Compared, compareSettlements, type Read } from './compare.ts'
import type { Difference, ErpSide, Matched, NotCompared } from './difference.ts'
import type { LedgerCall, LedgerSide } from './ledger-calls.ts'
import { ReadError, type Reader } from './reader.ts'
import { erpSide, isMeantIn, type Meant, meantBy } from './records.ts'
import { untraced } from './unknown.ts'
import { isWithin, type Window, widened } from './window.ts'

export interface Reconciling {
  map: ReconcileMap
  ledger: LedgerSide
  reader: Reader
  window: Window
  /** Whose records are read. `named`: its calls have to say so, because the token is bound to several. */
  companies: readonly { company: string; named: boolean }[]
  dayOf: (at_ms: number) => string
}

/** What came of comparing an ERP with its ledger. */
export interface Reconciled {
  differences: Difference[]
  matched: Matched[]
  notCompared: NotCompared[]
  /** Records of the ERP that were read. */
  records: number
  /** Nothing differs, nothing is unknown, and nothing that could be compared was left out. */
  clean: boolean
}

/** Compares what an ERP shows with what its ledger says. What cannot be read is told, and is not clean. */
export async function reconcile(options: Reconciling): Promise<Reconciled> {
  const { map, ledger, companies } = options
  const [differences, matched]: [Difference[], Matched[]] = [[], []]
  const notCompared: NotCompared[] = (map.untold ?? []).map((why) => ({ what: 'the ERP', why, open: false }))
  let records = 0
  for (const of of companies) {
    const { company } = of
    const calls = ledger.calls.filter((call) => call.company === company)
    for (const settlements of map.settlements) {
      const meant = meantBy(calls, settlements)
      try {
        const read = await readSettlements(settlements, meant, of, options)
        records += read.listed.length
        const compared: Compared = compareSettlements(settlements, meant, read, { ...options, company })
        differences.push(...compared.differences)
        matched.push(...compared.matched)
      } catch (error) {
        if (!(error instanceof ReadError)) throw error
        notCompared.push({ what: `${settlements.name} of ${company}`, why: error.message, open: true })
      }
    }
    differences.push(...calls.filter((call) => isUntraced(call, map)).map(untraced))
  }
  notCompared.push(...leftOut(options))
  const clean = differences.length === 0 && notCompared.every(({ open }) => !open)
  return { differences, matched, notCompared, records, clean }
}

async function readSettlements(
  map: SettlementMap,
  meant: readonly Meant[],
  { company, named }: Reconciling['companies'][number],
  { reader, window, dayOf }: Reconciling,
): Promise<Read> {
  const whose = named ? { company } : {}
  // What a call of these days made may bear another day.
  const looked = meant.filter((one) => one.call.end === 'unknown' || isMeantIn(one, window, dayOf))
  const days = looked.flatMap(({ date, call }) => [dayOf(call.at_ms), ...(date === null ? [] : [date])])
  const { from, to } = widened(window, days)
  const narrowed =
    map.days === undefined ? {} : { [map.days.from]: from, ...(to === null ? {} : { [map.days.to]: to }) }
  const listed: ErpSide[] = []
  for await (const record of reader.list(map.list, { ...whose, ...narrowed })) listed.push(sideOf(record, map))
  const seen = new Set(listed.map(({ id }) => id))
  const asked = new Map<string, ErpSide | null>()
  for (const id of map.read === undefined ? [] : looked.flatMap(({ ids }) => ids)) {
    if (seen.has(id) || asked.has(id)) continue
    const record = await reader.one(map.read ?? '', { ...whose, id })
    asked.set(id, record === null ? null : sideOf(record, map))
  }
  return { listed, asked }
}

/** @throws ReadError where the record has no id or no amount: what cannot be compared is not left out in silence */
function sideOf(record: unknown, map: SettlementMap): ErpSide {
  const side = erpSide(record, map.record)
  if (side !== null) return side
  const { id, amount } = map.record
  throw new ReadError('record_unreadable', `a record of \`${map.list}\` has no \`${id}\` or no \`${amount}\``)
}

function isUntraced({ end, tool }: LedgerCall, { settlements }: ReconcileMap): boolean {
  return end === 'unknown' && !settlements.some(({ calls }) => Object.hasOwn(calls, tool))
}

/** Companies that have entries and are none of the token's, and calls that are running. */
function leftOut({ ledger, companies, window, dayOf }: Reconciling): NotCompared[] {
  const read = new Set(companies.map(({ company }) => company))
  const others = ledger.calls.filter(({ company, at_ms, end }) => {
    return !read.has(company) && (end === 'unknown' || isWithin(dayOf(at_ms), window))
  })
  const running = ledger.calls.filter(({ company, end }) => read.has(company) && end === 'running')
  return [
    ...[...new Set(others.map(({ company }) => company))].map((company) => ({
      what: `company ${company}`,
      why: 'the ledger has calls of it, and the token is not bound to it',
      open: true,
    })),
    ...running.map(({ entry }) => ({ what: `entry ${entry}`, why: 'it is running: look again', open: true })),
  ]
}
