import type { Row } from '../row.ts'
import type { Company } from './company.ts'
import { shownEntry } from './entries.ts'
import { balances } from './registers.ts'
import { shownSchedule } from './schedule.ts'
import { shownStakeholder } from './stakeholder.ts'

/**
 * Copies of what an organization holds now, whatever its lists show yet: `customers`, `suppliers`, `schedules/debit`,
 * `schedules/credit`, `payments`, `receipts`, `categories`, `costcenters`, `accounts`, `balances`.
 */
export function recordsOf(company: Company | undefined, kind: string, now: number): readonly Row[] {
  if (company === undefined) return []
  const people = (of: string): Row[] =>
    company.stakeholders
      .current()
      .filter((row) => row['kind'] === of)
      .map(shownStakeholder)
  const planned = (of: string): Row[] =>
    company.schedules
      .current()
      .filter((row) => row['type'] === of)
      .map((row) => shownSchedule(company, row, company.entries.current(), now))
  const settled = (of: string): Row[] =>
    company.entries
      .current()
      .filter((row) => row['kind'] === of)
      .map((row) => shownEntry(company, row))
  const kinds: Record<string, () => Row[]> = {
    customers: () => people('Customer'),
    suppliers: () => people('Supplier'),
    'schedules/debit': () => planned('Debit'),
    'schedules/credit': () => planned('Credit'),
    payments: () => settled('payments'),
    receipts: () => settled('receipts'),
    categories: () => company.categories.current(),
    costcenters: () => company.costCenters.current(),
    accounts: () => company.accounts.current(),
    balances: () => balances(company),
  }
  return structuredClone(kinds[kind]?.() ?? [])
}
