import { type ApprovalRequest, consented } from '../../engine/contract/approval.ts'
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
  not_executed: 'Aprovado e ainda não executado',
  ended: 'Pedido sem efeito',
}

export function noticeText({ kind, request, erp, console, showAmount, zone }: NoticeAbout): NoticeText {
  const { id, tool, facts } = request
  const act = `${actOf(tool, 'pt')} / ${actOf(tool, 'en')}`
  const amount = showAmount && facts.amount !== null ? [`Valor: ${moneyInWords(facts.amount, facts.currency)}`] : []
  const heading = request.state === 'expired' ? 'Pedido expirou' : HEADINGS[kind]
  const lines = [
    `${act} (${erp})`,
    ...amount,
    ...standOf(request, zone),
    new URL(`/console/requests/${id}`, console).href,
  ]
  return { subject: `[alcada] ${heading}: ${actOf(tool, 'pt')} (${erp})`, text: `${lines.join('\n')}\n` }
}

function standOf(request: ApprovalRequest, zone: string): string[] {
  const { state, count, roles, given, expires_ms, reason } = request
  const moment = new Intl.DateTimeFormat('pt-BR', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
  const until = `Expira em ${moment.format(expires_ms)}`
  switch (state) {
    case 'approved':
      return [`Aprovado em ${moment.format(Math.max(...given.map(({ at_ms }) => at_ms)))}`, until]
    case 'expired':
      return [
        `Expirou em ${moment.format(expires_ms)}, ${consented(request) < count ? 'sem aprovação' : 'aprovado e não executado'}`,
      ]
    case 'void':
      // Our own words: why the server ended it.
      return [`Sem efeito: ${reason ?? 'o que seria aprovado mudou'}`]
    default:
      return [`Precisa de ${count} (${roles.join(', ')})`, until]
  }
}
