import type { Outcome } from '../../contract/outcome.ts'
import type { Context } from './side.ts'

/** Which way a change of an outcome goes. */
export type Direction = 'wider' | 'narrower' | 'obligation'

/** One situation that comes out otherwise. */
export interface Difference {
  direction: Direction
  /** An obligation that asks for less: fewer approvers, more roles that may approve, fewer masks. */
  loosens: boolean
  context: Context
  words: string
  base: Outcome
  head: Outcome
}

/** Null where nothing changed that the caller, an approver or the reader of a result could notice. */
export function compare(context: Context, words: string, base: Outcome, head: Outcome): Difference | null {
  const [before, after] = [RANK[base.effect], RANK[head.effect]]
  const difference = { context, words, base, head }
  if (before !== after)
    return { ...difference, direction: after > before ? 'wider' : 'narrower', loosens: after > before }
  if (base.effect === 'deny' || head.effect === 'deny') {
    const [hidden, still] = [isHidden(base), isHidden(head)]
    // It is refused as before, but whoever calls now knows of it, or no longer does.
    if (hidden === still || isAbsent(base) || isAbsent(head)) return null
    return { ...difference, direction: hidden ? 'wider' : 'narrower', loosens: hidden }
  }
  if (JSON.stringify(base) === JSON.stringify(head)) return null
  return { ...difference, direction: 'obligation', loosens: isLooser(base, head) }
}

function isHidden(outcome: Outcome): boolean {
  return outcome.effect === 'deny' && outcome.codes.includes('tool_hidden')
}

/** Of what is not there on one side, every sentence speaks already. */
function isAbsent(outcome: Outcome): boolean {
  return outcome.effect === 'deny' && outcome.codes.some((code) => code === 'erp_absent' || code === 'tool_absent')
}

const RANK: Readonly<Record<Outcome['effect'], number>> = { deny: 0, require_approval: 1, allow: 2 }

type Granted = Exclude<Outcome, { effect: 'deny' }>

function isLooser(base: Granted, head: Granted): boolean {
  if (base.masks.some((pointer) => !head.masks.includes(pointer))) return true
  if (base.effect !== 'require_approval' || head.effect !== 'require_approval') return false
  return head.count < base.count || head.roles.some((role) => !base.roles.includes(role))
}
