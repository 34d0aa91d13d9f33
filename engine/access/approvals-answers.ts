import { Ajv, type ValidateFunction } from 'ajv'
import type { ApprovalTold, CallTold } from '../contract/approval-told.ts'

const TEXT = { type: 'string' }
const MAYBE = { type: ['string', 'null'] }

/** These keys; a newer server may say more. */
function having(properties: Record<string, object>): object {
  return { type: 'object', properties, required: Object.keys(properties) }
}

function listOf(items: object): object {
  return { type: 'array', items }
}

const APPROVAL = having({
  id: TEXT,
  state: TEXT,
  title: TEXT,
  tool: TEXT,
  caller: having({ id: TEXT, person: TEXT }),
  company: TEXT,
  amount: { type: ['integer', 'null'] },
  currency: TEXT,
  count: { type: 'integer' },
  roles: listOf(TEXT),
  given: listOf(having({ person: TEXT, at: TEXT })),
  expires: TEXT,
  reason: MAYBE,
  entry: MAYBE,
  refusal: MAYBE,
})

const LINES = listOf(having({ label: TEXT, value: TEXT, before: MAYBE, changed: { type: 'boolean' } }))
const CALL = having({ title: TEXT, native: TEXT, lines: LINES, records: listOf(having({ title: TEXT, lines: LINES })) })

const ajv = new Ajv({ allowUnionTypes: true })

export const isLoginAnswer: ValidateFunction<{ url: string; expires: string }> = ajv.compile<{
  url: string
  expires: string
}>(having({ url: TEXT, expires: TEXT }))
export const isListAnswer: ValidateFunction<{ approvals: ApprovalTold[] }> = ajv.compile<{ approvals: ApprovalTold[] }>(
  having({ approvals: listOf(APPROVAL) }),
)
export const isShowAnswer: ValidateFunction<{ approval: ApprovalTold; call: CallTold | null }> = ajv.compile<{
  approval: ApprovalTold
  call: CallTold | null
}>(having({ approval: APPROVAL, call: { anyOf: [{ type: 'null' }, CALL] } }))
export const isDecidedAnswer: ValidateFunction<{ approval: ApprovalTold; entry: string }> = ajv.compile<{
  approval: ApprovalTold
  entry: string
}>(having({ approval: APPROVAL, entry: TEXT }))

const isRefusal: ValidateFunction<{ error: { code: string; message: string } }> = ajv.compile<{
  error: { code: string; message: string }
}>(having({ error: having({ code: TEXT, message: TEXT }) }))

/** `code: message` of an answer that refuses; null where it says nothing of the kind. */
export function refusalIn(answer: unknown): string | null {
  return isRefusal(answer) ? `${answer.error.code}: ${answer.error.message}` : null
}
