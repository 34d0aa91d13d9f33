import type { DecisionInput } from '../../engine/contract/decision-input.ts'
import { tokenised, tokenisedText } from '../../engine/contract/ledger-token.ts'
import { wellFormedJson } from '../../engine/contract/well-formed.ts'

/**
 * A decision's input as the ledger keeps it: tokens for personal values, in fields and in texts. The caller's own
 * reference is looked up by what stands here, so it is made a token there in the same way.
 */
export function maskedInput<Input extends DecisionInput | null>(input: Input, key: Uint8Array): Input {
  if (input === null) return input
  const { idempotency_key: own } = input.facts
  const idempotency_key = own === null ? null : tokenisedText('reference', own, key)
  return { ...input, args: tokenised(input.args, key), facts: { ...input.facts, idempotency_key } }
}

/** A lone surrogate has no UTF-8 and so no hash: the ledger keeps the well-formed text. */
export function wellFormed<Value>(value: Value): Value {
  return JSON.parse(wellFormedJson(value))
}
