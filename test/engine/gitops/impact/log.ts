import { inputOf } from '../../../../engine/compile/row-input.ts'
import type { Decision } from '../../../../engine/contract/decision.ts'
import type { DecisionInput } from '../../../../engine/contract/decision-input.ts'
import { loadTree } from '../../../../engine/load/load.ts'
import { put } from '../../../../engine/validate/row-call.ts'
import { validateTree } from '../../../../engine/validate/validate.ts'

/** A logged decision as `audit export --replay` writes it. */
export interface Event {
  decision_id: string
  path: string
  input: DecisionInput
  result: Decision
  timestamp: string
  bundles: Record<string, { revision: string }>
}

export interface EventSource {
  /** What omie's server would ask: the example call of a tool, with these places of it or of the input changed. */
  input(as: readonly string[], does: string, changes?: Readonly<Record<string, unknown>>): DecisionInput
}

export async function eventsOf(root: string): Promise<EventSource> {
  const omie = validateTree((await loadTree(root, ['omie'])).tree).erps['omie']
  if (omie === undefined) throw new Error('expected valid policies/omie')
  return {
    input(as, does, changes = {}) {
      const example = omie.decisions.examples[does]
      if (example === undefined) throw new Error(`expected an example of ${does}`)
      const call = structuredClone(example)
      const inCall = ([pointer]: [string, unknown]): boolean => /^\/(args|resolved)\//.test(pointer)
      for (const [pointer, value] of Object.entries(changes).filter(inCall)) put(call, pointer, value)
      const given = Object.fromEntries(Object.entries(changes).filter((change) => !inCall(change)))
      const input = inputOf(omie, { as: [...as], does, given }, call)
      if (input === null) throw new Error(`expected a tool ${does}`)
      return structuredClone(input)
    },
  }
}

export function event(decision_id: string, input: DecisionInput, result: Decision): Event {
  const timestamp = new Date(input.time.epoch_ms).toISOString()
  return { decision_id, path: 'omie/decision', input, result, timestamp, bundles: { omie: { revision: '7' } } }
}

export const ALLOWED: Decision = {
  effect: 'allow',
  reasons: [],
  approval: null,
  mask: [],
  permission: 'write',
  granted: true,
  granted_by: ['operator'],
}

export const NEEDS_ONE: Decision = {
  ...ALLOWED,
  effect: 'require_approval',
  approval: { count: 1, roles: ['approver'] },
}
