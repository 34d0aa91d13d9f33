import { canonicalText, digestOf } from '../../contract/canonical.ts'
import {
  answerOf,
  type Coverage,
  type Impact,
  type ImpactNames,
  impactKind,
  impactPlace,
} from '../../contract/impact.ts'
import { impactTally } from '../../contract/impact-tally.ts'
import { type Outcome, outcomeOf } from '../../contract/outcome.ts'
import { coverageOf } from './coverage.ts'
import { identityOf } from './identity.ts'
import type { LogLine } from './log-lines.ts'
import { type Logged, readLogged } from './logged.ts'
import { denied, hasHistory, type NotKnown, type ReplaySide } from './replay-side.ts'

/** One ERP on both sides; null where it is not there. One object for both where nothing differs. */
export interface ReplayErp {
  base: ReplaySide | null
  head: ReplaySide | null
}

export interface ReplaySources {
  erps: Readonly<Record<string, ReplayErp>>
  /** Of ERPs that are there and were not asked for: what the log has of them is passed over. */
  others?: readonly string[]
  /** Of everything that both sides were made of. */
  digest: string
}

/** Replays a log through two states of the sources. What it keeps grows with what is told, not with the log. */
export async function replay(
  lines: AsyncIterable<LogLine>,
  { erps, others = [], digest: sources }: ReplaySources,
): Promise<Impact> {
  const tally = impactTally()
  const coverage = coverageOf(erps)
  const known = new Set<bigint>()
  let log = 0n
  let repeated = 0
  for await (const line of lines) {
    const found = 'bad' in line ? [{ bad: line.bad, erp: '' }] : readLogged(line.text)
    for (const one of found) {
      if (others.includes('bad' in one ? one.erp : one.logged.erp)) continue
      if ('bad' in one)
        tally.notReplayed(Object.hasOwn(erps, one.erp) ? one.erp : '', one.bad, 'where' in one ? one.where : undefined)
      else if (isNew(one.logged)) replayOne(one.logged)
      else repeated += 1
    }
  }
  const result = tally.result()
  const told: Omit<Impact, 'digest'> = { ...result, coverage: coverage.told(known.size, repeated) }
  // How often a decision was told again depends on which files were given, and changes nothing.
  const counted: Coverage = { ...told.coverage, repeated: 0 }
  return { ...told, digest: digestOf({ ...told, coverage: counted, log: log.toString(16), sources }) }

  function isNew(logged: Logged): boolean {
    const hash = identityOf(logged)
    const short = hash.readBigUInt64LE()
    if (known.has(short)) return false
    known.add(short)
    // A sum: the same set of decisions in any order.
    log = (log + BigInt(`0x${hash.toString('hex')}`)) & MOST
    return true
  }

  function replayOne(logged: Logged): void {
    const { erp, input } = logged
    const sides = Object.hasOwn(erps, erp) ? erps[erp] : undefined
    const names = coverage.namesOf(erp)
    if (sides === undefined) tally.notReplayed('', 'erp_gone')
    else if (!names.tools.has(input.tool.name)) tally.notReplayed(erp, 'tool_gone')
    else {
      const base = outcomeOn(sides.base, logged)
      const head = sides.head === sides.base ? base : outcomeOn(sides.head, logged)
      if ('reason' in base) tally.notReplayed(erp, base.reason, base.where)
      else if ('reason' in head) tally.notReplayed(erp, head.reason, head.where)
      else compared(logged, base, head, names)
    }
  }

  function compared(logged: Logged, base: Outcome, head: Outcome, names: ImpactNames): void {
    const { erp, input } = logged
    coverage.replayed(logged, hasHistory(input))
    noteDrift(logged, base)
    const kind = impactKind(base, head)
    if (kind === null) return
    tally.difference(kind, { erp, ...impactPlace(input, { base, head }, names) }, exampleOf(logged))
  }

  function noteDrift({ erp, revision, input, decision }: Logged, base: Outcome): void {
    const recorded = answerOf(outcomeOf(decision))
    const now = answerOf(base)
    if (canonicalText(recorded) === canonicalText(now)) return
    tally.drift({ erp, tool: input.tool.name, revision, recorded, base: now })
  }
}

const MOST = (1n << 256n) - 1n

function outcomeOn(side: ReplaySide | null, logged: Logged): Outcome | NotKnown {
  return side === null ? denied('erp_absent') : side.outcome(logged)
}

function exampleOf({
  decision_id,
  timestamp,
  input: { caller, facts },
}: Logged): Impact['to_deny'][number]['examples'][number] {
  const { id, person, company } = caller
  return { decision_id, timestamp, caller: id, person, company, counterparty: facts.counterparty, amount: facts.amount }
}
