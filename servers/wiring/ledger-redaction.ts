import type { DecisionInput } from '../../engine/contract/decision-input.ts'
import type { Redactor } from '../credentials/redactor.ts'
import type { State } from '../state/state.ts'

/**
 * The state, told nothing that is known to be secret: a caller may have put a credential of the ERP into a name or an
 * argument. Digests are taken behind this too, so that the same call is still seen to be the same.
 */
export function withoutSecrets(state: State, redactor: Redactor): State {
  const { text, value } = redactor
  // Who called stays as the token says it, or an entry could not be replayed.
  const clean = (input: DecisionInput | null): DecisionInput | null =>
    input === null ? null : { ...input, args: value(input.args), facts: value(input.facts) }
  return {
    ...state,
    open: (entry) => state.open({ ...entry, args: value(entry.args), input: clean(entry.input) }),
    close: (entry, closed) => state.close(entry, { ...closed, outcome: value(closed.outcome) }),
    record: ({ tool, input, ...entry }) =>
      state.record({ ...entry, tool: tool === null ? null : text(tool), input: clean(input) }),
    repeat: (call) => state.repeat({ ...call, args: value(call.args) }),
  }
}
