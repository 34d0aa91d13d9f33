import { decimalOf } from '../../contract/money.ts'
import { csvCell } from '../../report/csv-cell.ts'
import type { ReconcileReport } from './report.ts'

const HEAD = [
  ...['kind', 'of', 'company', 'erp_id', 'erp_settles', 'erp_date', 'erp_amount', 'erp_counterparty', 'erp_status'],
  ...['entry', 'entry_at', 'tool', 'caller', 'person', 'ledger_amount', 'reference', 'evidence', 'next'],
]

/** For a spreadsheet (RFC 4180): what differs, then what is alike, each in a line; amounts with a point. */
export function reconcileCsv({ differences, matched, notCompared }: ReconcileReport): string {
  const rows: (string | null | undefined)[][] = [
    ...differences.map(({ kind, of, company, erp, ledger, evidence, next }) => [
      ...[kind, of, company, erp?.id, erp?.of, erp?.date, reais(erp?.amount), erp?.counterparty, erp?.status],
      ...[ledger?.entry, ledger?.at, ledger?.tool, ledger?.caller, ledger?.person, reais(ledger?.amount)],
      ...[ledger?.reference, evidence, next],
    ]),
    ...matched.map(({ of, company, erp, entries }) => [
      ...['alike', of, company, erp.id, erp.of, erp.date, reais(erp.amount), erp.counterparty, erp.status],
      entries.join(' '),
    ]),
    ...notCompared.map(({ what, why }) => ['not_compared', what, ...Array<string>(14).fill(''), why]),
  ]
  return [HEAD, ...rows]
    .map((row) => `${Array.from(HEAD, (_, column) => csvCell(row[column] ?? '')).join(',')}\r\n`)
    .join('')
}

function reais(centavos: number | null | undefined): string {
  return typeof centavos === 'number' ? decimalOf(centavos) : ''
}
