import { callInput } from './call-input.ts'
import { canonicalText } from './canonical.ts'
import type { Catalogue, CatalogueTool } from './catalogue.ts'
import type { Config } from './config.ts'
import { DEFAULT_ZONE, NO_GUARDS } from './config-guards.ts'
import type { DecisionInput, Facts, History } from './decision-input.ts'
import { factsOf } from './facts.ts'
import { maskedPlaces } from './masked-places.ts'
import { readPointer } from './pointer.ts'
import { timeIn } from './zone-time.ts'

/** What a policy says of the ERP and of itself beside its Rego. */
export interface Described {
  catalogue: Catalogue
  config: Config
}

/** Why a recorded input is not what another policy would have been asked. `where`: JSON Pointer into the input. */
export interface ReplayGap {
  reason: ReplayGapReason
  where: string
}

export type ReplayGapReason = 'input_masked' | 'history_missing' | 'facts_other'

/**
 * A recorded input as another policy's server would have built it: effect and permission by its catalogue, date and hour
 * in its zone, facts where they come from arguments. What only the ERP's records or more of the past could tell is a gap.
 * @param by what the input was recorded under
 */
export function replayInput(input: DecisionInput, by: Described, side: Described): DecisionInput | ReplayGap {
  const { name } = input.tool
  const [old, tool] = [toolOf(by, name) ?? toolOf(side, name), toolOf(side, name)]
  if (old === undefined || tool === undefined) return { reason: 'facts_other', where: '/tool/name' }
  const masked = (tool.effectOverrides ?? []).find(
    ({ when, equals }) => equals !== undefined && maskedPlaces(readPointer(input.args, when)).length > 0,
  )
  if (masked !== undefined) return { reason: 'input_masked', where: `/args${masked.when}` }
  const facts = old === tool ? input.facts : replayedFacts(input, old, tool)
  if ('reason' in facts) return facts
  const { args } = input
  const asked = { ...input, tool: callInput(tool, side.config, { args, resolved: {} }).tool, facts }
  const history = replayedHistory(asked, by.config, side.config)
  if ('reason' in history) return history
  return { ...asked, history, time: replayedTime(asked, side.config) }
}

function toolOf({ catalogue }: Described, name: string): CatalogueTool | undefined {
  return Object.hasOwn(catalogue.tools, name) ? catalogue.tools[name] : undefined
}

function replayedFacts(input: DecisionInput, old: CatalogueTool, tool: CatalogueTool): Facts | ReplayGap {
  const maps = [new Map<string, unknown>(Object.entries(old.facts ?? {})), new Map(Object.entries(tool.facts ?? {}))]
  const texts = (map: unknown): string[] => pointersIn(map)
  if (!same(old.resolve, tool.resolve) && [...(maps[1]?.values() ?? [])].flatMap(texts).some(isResolved)) {
    return { reason: 'facts_other', where: '/facts' }
  }
  const names = [...new Set(maps.flatMap((map) => [...map.keys()]))]
  const changed = names.filter((name) => !same(maps[0]?.get(name), maps[1]?.get(name)))
  if (changed.length === 0) return input.facts
  const anew = factsOf(tool.facts, { args: input.args, resolved: {} })
  for (const name of changed) {
    const sources = texts(maps[1]?.get(name))
    if (sources.some(isResolved)) return { reason: 'facts_other', where: `/facts/${name}` }
    const hidden = sources.find((pointer) => maskedPlaces(readPointer(input, pointer)).length > 0)
    if (hidden !== undefined) return { reason: 'input_masked', where: hidden }
  }
  const picked = Object.entries(anew).filter(([name]) => changed.includes(name))
  return { ...input.facts, ...Object.fromEntries(picked) }
}

/** A window that grew asks for what nobody wrote down; of one that shrank, what is too old is left out. */
function replayedHistory({ tool, facts, history, time }: DecisionInput, by: Config, side: Config): History | ReplayGap {
  const [old, now] = [windowsOf(by), windowsOf(side)]
  const missing = (name: string): ReplayGap => ({ reason: 'history_missing', where: `/history/${name}` })
  const moves = tool.effect === 'settle' || (tool.effect === 'create' && tool.money)
  const overWindow = side.rbac.totals?.limits.some(({ over }) => over === 'window') === true
  if (tool.effect === 'settle' && overWindow && old.totals !== now.totals) return missing('settled')
  const known = facts.counterparty !== null
  if (moves && known && now.similarOn && now.similar > old.similar) return missing('similar')
  if (tool.money && known && now.touchedOn && now.touched > old.touched) return missing('counterparty_touched')
  const since = (days: number): number => time.epoch_ms - days * DAY_MS
  return {
    ...history,
    similar:
      now.similar < old.similar ? history.similar.filter((one) => one.at_ms > since(now.similar)) : history.similar,
  }
}

const DAY_MS = 86_400_000

function windowsOf({ rbac, security }: Config): {
  totals: number
  similar: number
  similarOn: boolean
  touched: number
  touchedOn: boolean
} {
  const { duplicates } = security.guards ?? NO_GUARDS
  return {
    totals: rbac.totals?.window_days ?? 1,
    similar: duplicates?.window_days ?? 7,
    similarOn: duplicates !== null,
    touched: rbac.duties?.window_days ?? 30,
    touchedOn: (rbac.duties ?? null) !== null,
  }
}

function replayedTime({ time }: DecisionInput, { security }: Config): DecisionInput['time'] {
  const zone = security.guards?.hours?.zone ?? DEFAULT_ZONE
  // A server may be told another zone where its policy names none: what it wrote stands.
  if (zone === time.zone || security.guards?.hours == null) return time
  return timeIn(zone)(time.epoch_ms)
}

function isResolved(pointer: string): boolean {
  return pointer.startsWith('/resolved')
}

function pointersIn(value: unknown): string[] {
  if (typeof value === 'string') return value.startsWith('/') ? [value] : []
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pointersIn) : []
}

function same(a: unknown, b: unknown): boolean {
  return a === b || canonicalText(a ?? null) === canonicalText(b ?? null)
}
