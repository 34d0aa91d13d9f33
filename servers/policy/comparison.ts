import type { VerifiedBundle } from '../../engine/contract/bundle-verify.ts'
import { canonicalText, digestOf } from '../../engine/contract/canonical.ts'
import type { Decision } from '../../engine/contract/decision.ts'
import type { DecisionInput } from '../../engine/contract/decision-input.ts'
import { type Impact, type ImpactKind, impactKind, impactPlace } from '../../engine/contract/impact.ts'
import { impactTally } from '../../engine/contract/impact-tally.ts'
import { outcomeOf } from '../../engine/contract/outcome.ts'
import { type Described, replayInput } from '../../engine/contract/replay-input.ts'
import type { ActivePolicy } from './status.ts'

/** In the words of `alcada impact`, without examples: nothing out of a call is kept. */
export type Compared = Impact

export interface Comparison {
  /** What the candidate's own server would have asked it; null where that is not known, which is counted. */
  ask(input: DecisionInput, active: ActivePolicy): DecisionInput | null
  answered(asked: DecisionInput, acted: Decision, beside: Decision, active: ActivePolicy): ImpactKind | 'same'
  told(): Compared
}

/** Groups that are told apart: a policy has so many at most, and memory an end. */
const MOST = 500

/** Counts how the decisions of a candidate compare with those that were acted on. */
export function comparison(
  erp: string,
  candidate: Pick<VerifiedBundle, 'catalogue' | 'data' | 'digest'> | null,
): Comparison {
  const tally = impactTally(MOST)
  const side: Described | null =
    candidate === null ? null : { catalogue: candidate.catalogue, config: candidate.data.config }
  let [decisions, replayed] = [0, 0]
  let [from, to]: [number | null, number | null] = [null, null]
  let against = ''

  return {
    ask(input, active) {
      decisions += 1
      against = active.digest
      const { name } = input.tool
      const [old, tool] = [active.catalogue.tools[name], side?.catalogue.tools[name]]
      const same = tool === undefined || canonicalText(old?.input ?? null) === canonicalText(tool.input)
      const asked =
        side === null || tool === undefined ? input : same ? replayInput(input, active, side) : ARGUMENTS_OTHER
      if (!('reason' in asked)) return asked
      tally.notReplayed(erp, asked.reason, asked.where)
      return null
    },
    answered(asked, acted, beside, active) {
      replayed += 1
      from ??= asked.time.epoch_ms
      to = asked.time.epoch_ms
      const isGone = side !== null && !Object.hasOwn(side.catalogue.tools, asked.tool.name)
      const head = isGone ? { effect: 'deny' as const, codes: ['tool_absent'] } : outcomeOf(beside)
      const [base, configs] = [outcomeOf(acted), [active.config, ...(side === null ? [] : [side.config])]]
      const kind = impactKind(base, head)
      if (kind === null) return 'same'
      const tools = new Set([...Object.keys(active.catalogue.tools), ...Object.keys(side?.catalogue.tools ?? {})])
      tally.difference(kind, { erp, ...impactPlace(asked, { base, head }, { configs, tools }) })
      return kind
    },
    told() {
      const result = tally.result()
      const coverage = {
        ...{ decisions, replayed, repeated: 0, with_history: 0, erps: [] },
        from: from === null ? null : new Date(from).toISOString(),
        to: to === null ? null : new Date(to).toISOString(),
      }
      const sources = { against, candidate: candidate?.digest ?? null }
      return { ...result, coverage, digest: digestOf({ ...result, coverage, sources }) }
    },
  }
}

const ARGUMENTS_OTHER = { reason: 'arguments_other', where: '/args' } as const
