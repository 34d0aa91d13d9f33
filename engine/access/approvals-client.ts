import type { ValidateFunction } from 'ajv'
import type { ApprovalTold, CallTold } from '../contract/approval-told.ts'
import { AccessError } from './access-error.ts'
import { isDecidedAnswer, isListAnswer, isLoginAnswer, isShowAnswer, refusalIn } from './approvals-answers.ts'

/** Asks one server's operations listener about its requests for approval. */
export interface ApprovalsClient {
  login(): Promise<{ url: string; expires: string }>
  list(): Promise<ApprovalTold[]>
  show(id: string): Promise<{ approval: ApprovalTold; call: CallTold | null }>
  approve(id: string): Promise<{ approval: ApprovalTold; entry: string }>
  reject(id: string, reason: string): Promise<{ approval: ApprovalTold; entry: string }>
}

export interface ApprovalsClientOptions {
  /** Origin of the operations listener. */
  ops: string
  /** A token for `alcada:<erp>:approvals`. */
  token: string
  language: 'pt' | 'en'
}

/** Every method throws AccessError APPROVALS_UNREACHABLE or APPROVAL_REFUSED, with the server's own words. */
export function approvalsClient({ ops, token, language }: ApprovalsClientOptions): ApprovalsClient {
  const ask = async <Answer>(
    isAnswer: ValidateFunction<Answer>,
    method: 'GET' | 'POST',
    path: string,
    body?: object,
  ): Promise<Answer> => {
    const url = new URL(path, ops)
    url.searchParams.set('lang', language)
    const response = await fetch(url, {
      method,
      redirect: 'error',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new AccessError('APPROVALS_UNREACHABLE', `expected a server's operations listener at \`${ops}\``, { cause })
    })
    const answer: unknown = await response.json().catch(() => null)
    if (response.ok && isAnswer(answer)) return answer
    throw new AccessError('APPROVAL_REFUSED', refusalIn(answer) ?? `expected an answer, got HTTP ${response.status}`)
  }
  const one = (id: string): string => `/approvals/${encodeURIComponent(id)}`
  return {
    login: () => ask(isLoginAnswer, 'POST', '/approvals/login'),
    list: async () => (await ask(isListAnswer, 'GET', '/approvals')).approvals,
    show: (id) => ask(isShowAnswer, 'GET', one(id)),
    approve: (id) => ask(isDecidedAnswer, 'POST', `${one(id)}/approve`),
    reject: (id, reason) => ask(isDecidedAnswer, 'POST', `${one(id)}/reject`, { reason }),
  }
}
