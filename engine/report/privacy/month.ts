import { moneyInWords } from '../../contract/money-words.ts'
import { shownName } from '../../contract/personal/shown-name.ts'
import { csvCell } from '../csv-cell.ts'
import { type CallRecord, isRefusal } from './call-record.ts'

/** What one agent did in a month for one company with one counterparty. */
export interface MonthRow {
  erp: string
  company: string
  agent: string
  person: string
  /** Identifier in the ERP; empty where a call names none. */
  counterparty: string
  calls: number
  /** Integer centavos that were settled. */
  settled: number
  /** The same of calls whose outcome nobody knows. */
  unknown: number
  approvers: string[]
  refusals: number
}

/** @param month YYYY-MM. Sorted by all its names. */
export function monthOf(calls: readonly CallRecord[], month: string): MonthRow[] {
  const rows = new Map<string, MonthRow>()
  for (const call of calls) {
    if (!call.day.startsWith(`${month}-`) || call.caller === null || call.what === 'approval_viewed') continue
    const { erp, company, counterparty, caller } = call
    const names = [erp, company ?? '', caller.id, caller.person, counterparty ?? '']
    const key = JSON.stringify(names)
    const row = rows.get(key) ?? empty(names)
    rows.set(key, row)
    const done = call.what === 'done'
    row.calls += done ? 1 : 0
    row.refusals += isRefusal(call) ? 1 : 0
    if (call.effect === 'settle') {
      row.settled += done ? (call.amount ?? 0) : 0
      row.unknown += call.what === 'unknown' || call.what === 'open' ? (call.amount ?? 0) : 0
    }
    if (done) row.approvers = [...new Set([...row.approvers, ...call.approvers.map(shownName)])].sort()
  }
  return [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}

function empty([erp = '', company = '', agent = '', person = '', counterparty = '']: readonly string[]): MonthRow {
  const counted = { calls: 0, settled: 0, unknown: 0, approvers: [], refusals: 0 }
  return { erp, company, agent: shownName(agent), person: shownName(person), counterparty, ...counted }
}

const HEADINGS = [
  'erp',
  'company',
  'agent',
  'person',
  'counterparty',
  'calls',
  'settled_brl',
  'unknown_brl',
  'approvers',
  'refusals',
]

/** RFC 4180; amounts in reais with two decimals. */
export function monthCsv(rows: readonly MonthRow[]): string {
  const lines = rows.map((row) => [
    ...[row.erp, row.company, row.agent, row.person, row.counterparty, String(row.calls)],
    ...[reais(row.settled), reais(row.unknown), row.approvers.join(' '), String(row.refusals)],
  ])
  return [HEADINGS, ...lines].map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('')
}

function reais(centavos: number): string {
  return (centavos / 100).toFixed(2)
}

/** A page on its own, that asks for nothing from anywhere. */
export function monthPage(rows: readonly MonthRow[], month: string): string {
  const total = rows.reduce((sum, { settled }) => sum + settled, 0)
  const body = rows.map((row) => {
    const texts = [row.erp, row.company, row.agent, row.person, row.counterparty, row.approvers.join(', ')]
    const numbers = [
      String(row.calls),
      moneyInWords(row.settled, 'BRL'),
      moneyInWords(row.unknown, 'BRL'),
      String(row.refusals),
    ]
    return `<tr>${texts.map((text) => `<td>${escaped(text)}</td>`).join('')}${numbers.map((text) => `<td class="n">${escaped(text)}</td>`).join('')}</tr>`
  })
  const headings = [
    'ERP',
    'Empresa',
    'Agente',
    'Pessoa',
    'Fornecedor ou cliente',
    'Aprovadores',
    'Chamadas',
    'Liquidado',
    'Sem desfecho',
    'Recusas',
  ]
  return `<!doctype html>
<html lang="pt-BR"><head><meta charset="utf-8"><meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width"><title>alcada: ${escaped(month)}</title>
<style>body{font:16px system-ui;margin:2rem}table{border-collapse:collapse}th,td{border:1px solid #8888;padding:.3rem .6rem;text-align:left}.n{text-align:right}</style></head>
<body><h1>${escaped(month)}</h1><p>Liquidado: ${escaped(moneyInWords(total, 'BRL'))}</p>
<table><thead><tr>${headings.map((text) => `<th scope="col">${text}</th>`).join('')}</tr></thead><tbody>
${body.join('\n')}
</tbody></table></body></html>
`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
