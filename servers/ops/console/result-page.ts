import type { ApprovalRefusal, ApprovalRequest } from '../../../engine/contract/approval.ts'
import type { Language } from '../approval-dictionary.ts'
import { titleOf } from '../approval-words.ts'
import { type Html, html } from './html.ts'
import { WORDS } from './words.ts'

/** What came of each request that was decided: some may have been decided by others meanwhile. */
export type Decided =
  | { kind: 'decided'; request: ApprovalRequest; entry: string }
  | { kind: 'refused'; id: string; code: ApprovalRefusal }

export function resultPage(results: readonly Decided[], verdict: 'approve' | 'reject', language: Language): Html {
  const words = WORDS[language]
  const done = verdict === 'approve' ? words.approvedOne : words.rejectedOne
  return html`<ul role="status">${results.map((result) =>
    result.kind === 'decided'
      ? html`<li><a href="/console/requests/${result.request.id}">${titleOf(result, language)}</a>: <strong>${done}</strong> (${words.entry} ${result.entry}; ${words.state[result.request.state]})</li>`
      : html`<li><code>${result.id}</code>: <strong>${words.refusal[result.code]}</strong></li>`,
  )}</ul>
<p><a href="/console/requests">${words.back}</a></p>`
}
