import { readPointer } from '../../contract/pointer.ts'
import type { ReconcileMap, SettlementMap } from '../../contract/reconcile.ts'
import { compareBank } from './bank.ts'
import { type Compared, compareSettlements } from './compare.ts'
import { compareSums, type Title } from './compare-sums.ts'
import type { Difference, ErpSide, Matched, NotCompared } from './difference.ts'
import type { LedgerCall, LedgerSide, OpenRestore } from './ledger-calls.ts'
import { ReadError, type Reader } from './reader.ts'
import { erpSide, isMeantIn, type Meant, meantBy } from './records.ts'
import { untraced } from './unknown.ts'
import { inParts, isWithin, type Window, widened } from './window.ts'

export interface Reconciling {
  map: ReconcileMap
  /** Asked once bank data was looked at: what the server sees then has entries. */
  ledger: () => Promise<LedgerSide>
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
  /** Calls of the ledger that change something, of all its days. */
  entries: number
  restore: OpenRestore | null
  /** Nothing differs, nothing is unknown, and nothing that could be compared was left out. */
  clean: boolean
}

/** Compares what an ERP shows with what its ledger says. What cannot be read is told, and is not clean. */
export async function reconcile(options: Reconciling): Promise<Reconciled> {
  const { map, companies } = options
  const looked = await lookAtBanks(options)
  const ledger = await options.ledger()
  const [differences, matched]: [Difference[], Matched[]] = [[], []]
  const notCompared: NotCompared[] = (map.untold ?? []).map((why) => ({ what: 'the ERP', why, open: false }))
  notCompared.push(...looked.notCompared)
  let records = 0
  for (const of of companies) {
    const { company } = of
    const calls = ledger.calls.filter((call) => call.company === company)
    for (const settlements of map.settlements) {
      const meant = meantBy(calls, settlements)
      try {
        const read = await readSettlements(settlements, meant, of, options)
        records += read.records.length + read.asked.size
        const compared = comparedBy(settlements, meant, read, { ...options, company })
        differences.push(...compared.differences)
        matched.push(...compared.matched)
      } catch (error) {
        if (!(error instanceof ReadError)) throw error
        notCompared.push({ what: `${settlements.name} of ${company}`, why: error.message, open: true })
      }
    }
    const parties = looked.parties.get(company)
    const banks = ledger.banks.filter((seen) => seen.company === company)
    const ofBanks = parties === undefined ? [] : compareBank(calls, banks, parties, { ...options, company })
    records += parties?.size ?? 0
    differences.push(...ofBanks)
    const told = new Set(ofBanks.map((one) => one.ledger?.entry))
    differences.push(...calls.filter((call) => isUntraced(call, map) && !told.has(call.entry)).map(untraced))
  }
  notCompared.push(...leftOut(ledger, options))
  const clean = differences.length === 0 && notCompared.every(({ open }) => !open)
  return { differences, matched, notCompared, records, entries: ledger.calls.length, restore: ledger.restore, clean }
}

interface Looked {
  /** By company: ids of those whose bank data was shown. */
  parties: Map<string, ReadonlySet<string>>
  notCompared: NotCompared[]
}

/** Reads every party whose bank data the ERP shows: the server writes down what is other than it was. */
async function lookAtBanks({ map, companies, reader }: Reconciling): Promise<Looked> {
  const lists = map.bank ?? []
  const looked: Looked = { parties: new Map(), notCompared: lists.length === 0 ? [] : [FIRST_LOOK] }
  for (const { company, named } of lists.length === 0 ? [] : companies) {
    const seen = new Set<string>()
    looked.parties.set(company, seen)
    for (const list of lists) {
      try {
        for await (const party of reader.list(list, named ? { company } : {}))
          seen.add(String(readPointer(party, '/id')))
      } catch (error) {
        if (!(error instanceof ReadError)) throw error
        looked.notCompared.push({ what: `bank data of ${company}`, why: error.message, open: true })
      }
    }
  }
  return looked
}

const FIRST_LOOK: NotCompared = {
  what: 'bank data',
  why: 'is held against the last look of the server: of whom it never saw, nothing is known of before',
  open: false,
}

interface ReadRecords {
  records: unknown[]
  asked: Map<string, unknown>
}

async function readSettlements(
  map: SettlementMap,
  meant: readonly Meant[],
  { company, named }: Reconciling['companies'][number],
  { reader, window, dayOf }: Reconciling,
): Promise<ReadRecords> {
  const whose = named ? { company } : {}
  // What a call of these days made may bear another day.
  const looked = meant.filter((one) => one.call.end === 'unknown' || isMeantIn(one, window, dayOf))
  const days = looked.flatMap(({ date, call }) => [dayOf(call.at_ms), ...(date === null ? [] : [date])])
  const parts = map.days === undefined ? [{}] : askedFor(map.days, widened(window, days))
  const records = await Array.fromAsync(listed())
  const seen = new Set(records.map((record) => sideOf(record, map).id))
  const asked = new Map<string, unknown>()
  const wanted = looked.flatMap(({ ids, of }) => (map.sums === true ? (of ?? []) : ids))
  for (const id of map.read === undefined ? [] : wanted) {
    if (!seen.has(id) && !asked.has(id)) asked.set(id, await reader.one(map.read ?? '', { ...whose, id }))
  }
  return { records, asked }

  async function* listed(): AsyncGenerator<unknown> {
    for (const part of parts) {
      for await (const record of reader.list(map.list, { ...whose, ...part })) {
        const id = readPointer(record, map.record.id)
        const whole = map.each === true ? await reader.one(map.read ?? '', { ...whose, id }) : record
        // Gone since it was listed.
        if (whole !== null) yield whole
      }
    }
  }
}

/** Arguments of the list, once for each part of the days. */
function askedFor(days: NonNullable<SettlementMap['days']>, window: Window): Record<string, string>[] {
  const parts = days.most === undefined ? [window] : inParts(window, days.most, Date.now())
  return parts.map(({ from, to }) => ({ [days.from]: from, ...(to === null ? {} : { [days.to]: to }) }))
}

function comparedBy(
  map: SettlementMap,
  meant: readonly Meant[],
  { records, asked }: ReadRecords,
  options: Reconciling & { company: string },
): Compared {
  if (map.sums === true) {
    const titles = [...records, ...[...asked.values()].filter((one) => one !== null)]
    return compareSums(
      map,
      meant,
      titles.map((record) => titleOf(record, map, options.window)),
      options,
    )
  }
  const listed = records.map((record) => sideOf(record, map))
  const sides = [...asked].map(([id, one]): [string, ErpSide | null] => [id, one === null ? null : sideOf(one, map)])
  return compareSettlements(map, meant, { listed, asked: new Map(sides) }, options)
}

function titleOf(record: unknown, map: SettlementMap, window: Window): Title {
  const { since } = map.record
  const days = (since ?? []).map((pointer) => readPointer(record, pointer))
  const side = sideOf(record, map)
  const isPast =
    since === undefined
      ? side.date !== null && !isWithin(side.date, window)
      : days.every((day) => typeof day === 'string' && day < window.from)
  return { ...side, isPast }
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
function leftOut(ledger: LedgerSide, { companies, window, dayOf }: Reconciling): NotCompared[] {
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
