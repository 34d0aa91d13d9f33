import type { ApprovalTold, CallTold } from '../contract/approval-told.ts'
import { isDecidedAnswer, isListAnswer, isLoginAnswer, isShowAnswer } from './approvals-answers.ts'
import { type OpsClientOptions, opsClient } from './ops-client.ts'

/** Asks one server's operations listener about its requests for approval. */
export interface ApprovalsClient {
  login(): Promise<{ url: string; expires: string }>
  list(): Promise<ApprovalTold[]>
  show(id: string): Promise<{ approval: ApprovalTold; call: CallTold | null }>
  approve(id: string): Promise<{ approval: ApprovalTold; entry: string }>
  reject(id: string, reason: string): Promise<{ approval: ApprovalTold; entry: string }>
}

export interface ApprovalsClientOptions extends Omit<OpsClientOptions, 'parameters'> {
  language: 'pt' | 'en'
}

/** Every method throws AccessError OPS_UNREACHABLE or OPS_REFUSED, with the server's own words. */
export function approvalsClient({ ops, token, language }: ApprovalsClientOptions): ApprovalsClient {
  const ask = opsClient({ ops, token, parameters: { lang: language } })
  const one = (id: string): string => `/approvals/${encodeURIComponent(id)}`
  return {
    login: () => ask(isLoginAnswer, 'POST', '/approvals/login'),
    list: async () => (await ask(isListAnswer, 'GET', '/approvals')).approvals,
    show: (id) => ask(isShowAnswer, 'GET', one(id)),
    approve: (id) => ask(isDecidedAnswer, 'POST', `${one(id)}/approve`),
    reject: (id, reason) => ask(isDecidedAnswer, 'POST', `${one(id)}/reject`, { reason }),
  }
}
