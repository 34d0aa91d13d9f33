/** Who is told of a request. A webhook is named (`secret:NAME`), never written. */
export type ApprovalChannel = { type: 'email'; recipients: string[] } | { type: 'slack'; webhook: string }

/** `approvals:` of rbac.yaml as a server reads it. */
export interface ApprovalRules {
  /** Who makes the approved call: the client by repeating it, or the server, once, as the original caller. */
  after_approval: 'client_repeats' | 'server_runs'
  /** Seconds until a request nobody used ends. */
  expires_s: number
  /** Whether those who are told hear the amount. */
  show_amount: boolean
  notify: ApprovalChannel[]
  /** Seconds between reminders while a request is pending; null: none. */
  remind_s: number | null
  /** Who is told besides once a request has been pending for so long; null: nobody. */
  escalate: { after_s: number; notify: ApprovalChannel[] } | null
  /** Who hears of what was approved so long ago and not done, and of what has expired or become void. Absent: nobody. */
  alert?: { not_executed_s: number; notify: ApprovalChannel[] } | null
}

/** Where rbac.yaml has no `approvals:`. */
export const DEFAULT_APPROVAL_RULES: Readonly<ApprovalRules> = {
  after_approval: 'client_repeats',
  expires_s: 86_400,
  show_amount: false,
  notify: [],
  remind_s: null,
  escalate: null,
}
