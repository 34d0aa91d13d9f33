import type { ApprovalRequest } from '../../engine/contract/approval.ts'
import type { NoticeKind } from '../../engine/contract/approval-notices.ts'
import { moneyInWords } from '../../engine/contract/money-words.ts'
import { actOf } from './approval-words.ts'

/** What approvers are told: nothing personal, and the amount only where the policy says so. */
export interface NoticeText {
  subject: string
  text: string
}

export interface NoticeAbout {
  kind: NoticeKind
  request: ApprovalRequest
  /** `Omie`. */
  erp: string
  /** Address of the console. */
  console: string
  showAmount: boolean
  zone: string
}

const HEADINGS: Readonly<Record<NoticeKind, string>> = {
  asked: 'Aprovação pedida',
  reminder: 'Lembrete: aprovação pendente',
  escalation: 'Ninguém decidiu ainda',
}

export function noticeText({ kind, request, erp, console, showAmount, zone }: NoticeAbout): NoticeText {
  const { id, tool, facts, expires_ms, count, roles } = request
  const act = `${actOf(tool, 'pt')} / ${actOf(tool, 'en')}`
  const amount = showAmount && facts.amount !== null ? [`Valor: ${moneyInWords(facts.amount, facts.currency)}`] : []
  const until = new Intl.DateTimeFormat('pt-BR', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(
    expires_ms,
  )
  const lines = [
    `${act} (${erp})`,
    ...amount,
    `Precisa de ${count} (${roles.join(', ')})`,
    `Expira em ${until}`,
    new URL(`/console/requests/${id}`, console).href,
  ]
  return { subject: `[alcada] ${HEADINGS[kind]}: ${actOf(tool, 'pt')} (${erp})`, text: `${lines.join('\n')}\n` }
}
