import { randomUUID } from 'node:crypto'
import { centavos, numberOf, type Row, textOf } from '../row.ts'
import type { Company } from './company.ts'
import { invalid, missing } from './fault.ts'
import type { Columns } from './odata-filter.ts'
import { paidOf, type ScheduleKind, scheduleOf, totalOf } from './schedule.ts'
import { dayOf, insertSchedule } from './schedules.ts'

export type EntryKind = 'payments' | 'receipts'

export const ENTRY_COLUMNS: Columns = {
  entryId: 'guid',
  scheduleId: 'guid',
  date: 'date',
  value: 'number',
  description: 'text',
  reference: 'text',
  isTransfer: 'boolean',
  isFlagged: 'boolean',
  'account/id': 'guid',
  'account/name': 'text',
  'stakeholder/id': 'guid',
  'stakeholder/name': 'text',
  'category/id': 'guid',
}

/**
 * Settles a schedule and answers an entry id, also when nothing was applied: a settled schedule, or more than is
 * open, is answered as a success. Neither does it look at the kind: a receipt on a debit is booked on the wrong side.
 */
export function settle(company: Company, kind: EntryKind, scheduleId: string, body: Row): string {
  const schedule = scheduleOf(company, scheduleId)
  const account = accountOf(company, body['accountId'])
  const date = settlementDay(account, body)
  const value = numberOf(body['value'])
  if (centavos(value) <= 0) throw invalid('O valor da baixa deve ser positivo.')
  const entryId = randomUUID()
  const open = totalOf(schedule) - paidOf(schedule, company.entries.current())
  if (centavos(value) <= open) {
    company.entries.put(entryId, { entryId, kind, scheduleId, accountId: account['id'], date, value })
  }
  return entryId
}

/** `POST /payments`: a schedule and its settlement at once; without `accountId` only the schedule, and still 200. */
export function insertSettled(company: Company, kind: EntryKind, body: Row, now: number): string {
  const date = body['date']
  const side: ScheduleKind = kind === 'payments' ? 'Debit' : 'Credit'
  const accrualDate = body['accrualDate'] ?? date
  const account = textOf(body['accountId']) === '' ? undefined : accountOf(company, body['accountId'])
  if (account !== undefined) settlementDay(account, body)
  const planned = { ...body, dueDate: date, scheduleDate: date, accrualDate, isFlagged: body['isFlag'] === true }
  const scheduleId = insertSchedule(company, side, planned, now)
  if (account === undefined) return scheduleId
  const value = totalOf(scheduleOf(company, scheduleId)) / 100
  settle(company, kind, scheduleId, { accountId: account['id'], date, value })
  return scheduleId
}

/** Removes a settlement; its schedule is open again. */
export function removeEntry(company: Company, kind: EntryKind, scheduleId: string, entryId: string): void {
  const entry = company.entries.get(entryId)
  if (entry === undefined || entry['kind'] !== kind || entry['scheduleId'] !== scheduleId) {
    throw missing(`${kind} ${entryId}`)
  }
  company.entries.remove(entryId)
}

/** As a list shows it: the amount positive on both sides, unlike the schedule's. */
export function shownEntry(company: Company, row: Row): Row {
  const schedule = company.schedules.get(textOf(row['scheduleId'])) ?? {}
  const holder = company.stakeholders.get(textOf(schedule['stakeholderId']))
  const [line] = Array.isArray(schedule['categories']) ? schedule['categories'] : []
  const category = company.categories.get(textOf(line?.categoryId))
  return {
    entryId: row['entryId'],
    scheduleId: row['scheduleId'],
    date: `${textOf(row['date'])}T00:00:00Z`,
    value: row['value'],
    description: schedule['description'] ?? null,
    reference: schedule['reference'] ?? null,
    account: { id: row['accountId'], name: company.accounts.get(textOf(row['accountId']))?.['name'] ?? null },
    stakeholder: { id: holder?.['id'] ?? null, name: holder?.['name'] ?? null },
    category: { id: category?.['id'] ?? null, name: category?.['name'] ?? null },
    isTransfer: false,
    isFlagged: schedule['isFlagged'] === true,
  }
}

function settlementDay(account: Row, body: Row): string {
  const date = dayOf(body['date'], 'date')
  if (date < textOf(account['openingBalanceDate']).slice(0, 10)) {
    throw invalid('A data da baixa é inferior a data do saldo inicial da conta.')
  }
  return date
}

function accountOf(company: Company, id: unknown): Row {
  const account = company.accounts.get(textOf(id).toLowerCase())
  if (account === undefined) throw invalid('Conta bancária não encontrada.')
  return account
}
