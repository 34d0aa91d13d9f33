import accounts from '../../../erps/nibo/sandbox/accounts.json' with { type: 'json' }
import categories from '../../../erps/nibo/sandbox/categories.json' with { type: 'json' }
import costcenters from '../../../erps/nibo/sandbox/costcenters.json' with { type: 'json' }
import schedules from '../../../erps/nibo/sandbox/schedules.json' with { type: 'json' }
import stakeholders from '../../../erps/nibo/sandbox/stakeholders.json' with { type: 'json' }
import { type Row, rowsOf, type Seed, textOf } from '../row.ts'
import { type LaggingTable, laggingTable } from './lagging-table.ts'

/** One organization: its token sees this and nothing else. */
export interface Company {
  cnpj: string
  stakeholders: LaggingTable
  schedules: LaggingTable
  /** Settled entries: payments and receipts. */
  entries: LaggingTable
  categories: LaggingTable
  costCenters: LaggingTable
  accounts: LaggingTable
}

/** A boleto or an NFS-e that a call made Nibo issue. */
export interface Issued {
  company: string
  kind: 'boleto' | 'nfse'
  scheduleId: string
  /** The part of the body that asked for it. */
  request: Row
}

export const companies: readonly string[] = Object.keys(stakeholders)

/** A company with a copy of its seed data. */
export function openCompany(cnpj: string, now: () => number, lagMs: number): Company {
  const table = (rows: readonly Row[], key: string): LaggingTable =>
    laggingTable(
      rows.map((row) => [textOf(row[key]), row]),
      now,
      lagMs,
    )
  const planned = copyOf(schedules, cnpj)
  const entries = planned.flatMap((row) =>
    rowsOf(row['entries']).map((entry) => ({
      ...entry,
      scheduleId: row['scheduleId'],
      kind: row['type'] === 'Debit' ? 'payments' : 'receipts',
    })),
  )
  return {
    cnpj,
    stakeholders: table(copyOf(stakeholders, cnpj), 'id'),
    schedules: table(
      planned.map(({ entries: _, ...row }) => row),
      'scheduleId',
    ),
    entries: table(entries, 'entryId'),
    categories: table(copyOf(categories, cnpj), 'id'),
    costCenters: table(copyOf(costcenters, cnpj), 'costCenterId'),
    accounts: table(copyOf(accounts, cnpj), 'id'),
  }
}

function copyOf(seed: Seed, cnpj: string): Row[] {
  return structuredClone([...(seed[cnpj] ?? [])])
}
