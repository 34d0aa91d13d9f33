import { decimalOf } from '../../contract/money.ts'
import { printable } from '../../report/printable.ts'
import type { Difference, EntrySide, ErpSide } from './difference.ts'
import type { ReconcileReport } from './report.ts'

const TITLES: Readonly<Record<Difference['kind'], string>> = {
  erp_only: 'in the ERP, without an entry of the ledger',
  ledger_only: 'in the ledger, without an effect in the ERP',
  amount_differs: 'another amount in the ERP than in the ledger',
  unknown_outcome: 'whether it was done, the server could not tell',
  bank_changed: 'bank data changed, without an entry of the ledger',
}
const KINDS = ['erp_only', 'ledger_only', 'amount_differs', 'bank_changed', 'unknown_outcome'] as const

/** For people: what differs, side by side, and what to do about each. */
export function reconcileText(report: ReconcileReport): string {
  const { erp, window, differences, matched, notCompared, entries, records, clean } = report
  const lines = [
    `${erp}: ${window.from} to ${window.to ?? 'the last there is'}; ${records} records of the ERP, ${entries} calls of the ledger, ${matched.length} alike`,
  ]
  for (const kind of KINDS) {
    const found = differences.filter((one) => one.kind === kind)
    if (found.length === 0) continue
    lines.push('', `${found.length} ${TITLES[kind]}`)
    for (const { of, company, erp: there, ledger, evidence, next } of found) {
      lines.push(
        `  ${of} of ${company}`,
        `    ERP     ${there === null ? '-' : erpWords(there)}`,
        `    ledger  ${ledger === null ? '-' : entryWords(ledger)}`,
        `    ${evidence}`,
        `    → ${next}`,
      )
    }
  }
  for (const [title, isOpen] of NOT_COMPARED) {
    const of = notCompared.filter(({ open }) => open === isOpen)
    if (of.length > 0) lines.push('', title, ...of.map(({ what, why }) => `  ${what}: ${why}`))
  }
  lines.push('', clean ? `${erp}: ledger and ERP tell the same` : `${erp}: somebody has to look at what stands above`)
  if (report.cleared !== null) lines.push(report.cleared)
  return `${lines.map(printable).join('\n')}\n`
}

/** By whether another run may tell it. */
const NOT_COMPARED = [
  ['not compared this time', true],
  ['what is never compared', false],
] as const

function erpWords({ id, of, date, amount, counterparty, status }: ErpSide): string {
  return [id, date, reais(amount), of && `settles ${of}`, counterparty && `with ${counterparty}`, status]
    .filter(Boolean)
    .join('  ')
}

function entryWords({ entry, at, tool, caller, person, amount, reference }: EntrySide): string {
  const who = caller === person ? caller : `${caller} for ${person}`
  return [entry, at, reais(amount), tool, who, reference && `reference ${reference}`].filter(Boolean).join('  ')
}

function reais(centavos: number | null): string {
  return centavos === null ? 'amount unknown' : decimalOf(centavos)
}
