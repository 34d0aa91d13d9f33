import type { ApprovalTold, CallTold, LineTold } from '../contract/approval-told.ts'
import { printable } from './printable.ts'

/** One request on one line. */
export function approvalLine({
  id,
  state,
  title,
  caller,
  company,
  given,
  count,
  expires,
  refusal,
}: ApprovalTold): string {
  const who = caller.id === caller.person ? caller.person : `${caller.id} for ${caller.person}`
  const mine = state === 'pending' && refusal !== null ? `  (${refusal})` : ''
  const words = `${title}, asked by ${who}, company ${company}, ${given.length}/${count}, until ${expires}`
  return `${id}  ${state}  ${printable(words)}${mine}\n`
}

/** All that will be done: what an approver reads before deciding. */
export function approvalText(approval: ApprovalTold, call: CallTold | null): string {
  const { roles, reason, entry } = approval
  const head = [
    approvalLine(approval),
    `  needs ${roles.join(' or ')}\n`,
    ...(reason === null ? [] : [`  reason: ${printable(reason)}\n`]),
    ...(entry === null ? [] : [`  ledger entry ${entry}\n`]),
  ]
  if (call === null) return [...head, '  what was asked for is not kept after its end\n'].join('')
  const records = call.records.flatMap(({ title, lines }) => [`  ${printable(title)}\n`, ...lines.map(lineText)])
  const native = call.native === '' ? [] : [`  in the ERP: ${printable(call.native)}\n`]
  return [...head, ...native, ...call.lines.map(lineText), ...records].join('')
}

function lineText({ label, value, before, changed }: LineTold): string {
  const was = before === null ? '' : changed ? `   (now: ${printable(before)})` : '   (as it is)'
  return `    ${printable(label)}: ${printable(value)}${was}\n`
}
