import type { Decision } from '../../engine/contract/decision.ts'
import type { DecisionInput } from '../../engine/contract/decision-input.ts'
import { comesBack } from './come-back.ts'
import { after, Refused } from './refused.ts'
import type { ToolRequest } from './request.ts'

export interface Decided {
  input: DecisionInput
  decision: Decision
}

/** The policy's decision on a call, when it is to allow it. Throws Refused with the policy's own code otherwise. */
export function decide({ active }: ToolRequest, input: DecisionInput): Decided {
  const decision = active.policy.decide(input)
  const decided = { input, decision }
  if (decision.effect === 'allow') return decided
  const reasons = decision.reasons.map(({ message }) => message).join('; ')
  if (decision.effect === 'require_approval' && decision.approval !== null) {
    const { count, roles } = decision.approval
    const who = roles.length === 0 ? '' : ` by ${roles.map((role) => `\`${role}\``).join(' or ')}`
    const why = reasons === '' ? '' : `: ${reasons}`
    throw new Refused(
      'approval_required',
      `nothing was done: this needs ${count} approval${count === 1 ? '' : 's'}${who}${why}`,
      {
        retry: { retry: 'when_approved', approval: { count, roles: [...roles] } },
        decided,
      },
    )
  }
  const code = decision.reasons[0]?.code ?? 'denied'
  const back = comesBack(decision.reasons, input, active.config)
  const retry = back === null ? {} : { retry: after((back - input.time.epoch_ms) / 1_000) }
  throw new Refused(code, reasons === '' ? 'denied by the policy' : reasons, { decided, ...retry })
}
