import { runbookOf } from '../../engine/contract/alert-runbook.ts'
import type { AlertNotice } from '../state/alert-words.ts'
import type { NoticeText } from './approval-notice.ts'

export interface AlertAbout extends Pick<AlertNotice, 'kind' | 'alert'> {
  /** `Omie`. */
  erp: string
  /** Address of the console. */
  console: string
  zone: string
}

const SEVERITY = { warning: 'Alerta', critical: 'ALERTA CRÍTICO' } as const

/** What is told of an alert: what, how much, since when, what to do first and where it stands. */
export function alertNotice({ kind, alert, erp, console, zone }: AlertAbout): NoticeText {
  const { code, severity, figure, since_ms, resolved_ms } = alert
  const { pt, en } = runbookOf(code)
  const format = new Intl.DateTimeFormat('pt-BR', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
  const what = `${pt.title} / ${en.title} (${erp})${figure === '' ? '' : `: ${figure}`}`
  const over = resolved_ms === null ? [] : [`Até / until ${format.format(resolved_ms)}`]
  const lines = [
    what,
    `Desde / since ${format.format(since_ms)}`,
    ...over,
    ...(kind === 'raised' ? [`Primeiro: ${pt.first}`, `First: ${en.first}`] : []),
    new URL(`/console/alerts#${code}`, console).href,
  ]
  const heading = kind === 'raised' ? SEVERITY[severity] : 'Resolvido'
  return { subject: `[alcada] ${heading}: ${pt.title} (${erp})`, text: `${lines.join('\n')}\n` }
}
