import type { ApprovalRefusal } from './approval.ts'

/** Why nothing was decided. */
export class ApprovalError extends Error {
  readonly code: ApprovalRefusal

  constructor(code: ApprovalRefusal) {
    super(MESSAGES[code])
    this.name = 'ApprovalError'
    this.code = code
  }
}

const MESSAGES: Readonly<Record<ApprovalRefusal, string>> = {
  approval_unknown: 'there is no such request for you',
  approval_expired: 'the request has expired',
  approval_ended: 'the request has been decided or used already',
  approval_own: 'nobody approves what they ask for, or what is asked for in their name',
  approval_twice: 'you have approved this already: it takes another person',
  approval_role: 'you hold none of the roles that may approve this',
}
