import { centavos, dayInBrasilia, numberOf, type Row, rowsOf, textOf } from '../row.ts'
import type { Company } from './company.ts'
import { invalid } from './fault.ts'
import type { Columns } from './odata-filter.ts'

export type ScheduleKind = 'Debit' | 'Credit'

const ZEROED = '00000000-0000-0000-0000-000000000000'

export const SCHEDULE_COLUMNS: Columns = {
  scheduleId: 'guid',
  type: 'text',
  description: 'text',
  reference: 'text',
  dueDate: 'date',
  scheduleDate: 'date',
  accrualDate: 'date',
  createDate: 'date',
  updateDate: 'date',
  value: 'number',
  paidValue: 'number',
  openValue: 'number',
  isPaid: 'boolean',
  isDued: 'boolean',
  isFlagged: 'boolean',
  'stakeholder/id': 'guid',
  'stakeholder/name': 'text',
  'stakeholder/cpfCnpj': 'text',
}

/** The schedule of this id, of either kind; Nibo answers 500 where there is none. */
export function scheduleOf(company: Company, id: string, kind?: ScheduleKind): Row {
  const row = company.schedules.get(id)
  if (row === undefined || (kind !== undefined && row['type'] !== kind)) throw invalid('Agendamento não encontrado.')
  return row
}

/** In centavos; the amount of a schedule is the sum of its category lines. */
export function totalOf(row: Row): number {
  return rowsOf(row['categories']).reduce((sum, line) => sum + centavos(line['value']), 0)
}

export function paidOf(row: Row, entries: readonly Row[]): number {
  return entries
    .filter((entry) => entry['scheduleId'] === row['scheduleId'])
    .reduce((sum, entry) => sum + centavos(entry['value']), 0)
}

/**
 * As a read shows it: a debit's amounts negative, days as moments, the contact zeroed at the root and whole in
 * `stakeholder` (measured by alvarocastro-aecrio/n8n-nodes-nibo-empresas).
 */
export function shownSchedule(company: Company, row: Row, entries: readonly Row[], now: number): Row {
  const sign = row['type'] === 'Debit' ? -1 : 1
  const total = totalOf(row)
  const paid = paidOf(row, entries)
  const open = Math.max(0, total - paid)
  const isPaid = paid >= total
  const holder = company.stakeholders.get(textOf(row['stakeholderId']))
  const document = holder === undefined ? null : new Map(Object.entries(holder['document'] ?? {})).get('number')
  const lines = rowsOf(row['categories']).map((line) => ({
    categoryId: line['categoryId'],
    categoryName: company.categories.get(textOf(line['categoryId']))?.['name'] ?? null,
    value: reais(sign * centavos(line['value'])),
  }))
  return {
    scheduleId: row['scheduleId'],
    type: row['type'],
    isPaid,
    isDued: !isPaid && textOf(row['dueDate']) < dayInBrasilia(now),
    isFlagged: row['isFlagged'] === true,
    stakeholderId: ZEROED,
    stakeholder: {
      id: row['stakeholderId'],
      name: holder?.['name'] ?? null,
      type: holder?.['kind'] ?? null,
      cpfCnpj: document ?? null,
    },
    description: row['description'] ?? null,
    reference: row['reference'] ?? null,
    dueDate: moment(row['dueDate']),
    scheduleDate: moment(row['scheduleDate']),
    accrualDate: moment(row['accrualDate']),
    createDate: row['createDate'],
    createUser: 'API',
    updateDate: row['updateDate'] ?? row['createDate'],
    updateUser: 'API',
    value: reais(sign * total),
    paidValue: reais(sign * paid),
    openValue: reais(sign * open),
    categories: lines,
    costCenterValueType: row['costCenterValueType'] ?? null,
    costCenters: shownShares(company, row, total),
    hasRecurrence: row['hasRecurrence'] === true,
    installment: row['installment'] ?? null,
  }
}

/** Cost centres read back with the percentage applied twice to the amount; a defect of the API, kept. */
function shownShares(company: Company, row: Row, total: number): Row[] {
  return rowsOf(row['costCenters']).map((line) => {
    const percent =
      row['costCenterValueType'] === 0 ? (100 * centavos(line['value'])) / total : numberOf(line['percent'])
    return {
      costCenterId: line['costCenterId'],
      costCenterDescription: company.costCenters.get(textOf(line['costCenterId']))?.['description'] ?? null,
      percent,
      value: reais(Math.round((percent / 100) * (percent / 100) * total)),
    }
  })
}

/** Without the negative zero that a sign would leave. */
function reais(cents: number): number {
  return cents === 0 ? 0 : cents / 100
}

function moment(day: unknown): string | null {
  return typeof day === 'string' ? `${day}T00:00:00Z` : null
}
