import { Ajv, type ValidateFunction } from 'ajv'
import type { ApprovalTold, CallTold } from '../contract/approval-told.ts'
import { having, listOf, MAYBE, TEXT } from './answer-shape.ts'

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
