import { dayInBrasilia, type Row, textOf } from '../row.ts'
import * as entries from './entries.ts'
import type { LaggingTable } from './lagging-table.ts'
import { listed } from './list.ts'
import type { Columns } from './odata-filter.ts'
import * as registers from './registers.ts'
import { bareId, type Call, noContent, type Route, record } from './route.ts'
import { paidOf, SCHEDULE_COLUMNS, type ScheduleKind, scheduleOf, shownSchedule, totalOf } from './schedule.ts'
import * as schedules from './schedules.ts'
import * as stakeholders from './stakeholder.ts'

/** Every route there is; what is not here is a 404, as `PUT /payments/{id}` and `GET /accounts/{id}` are. */
export const routes: ReadonlyMap<string, Route> = new Map(
  [
    ...stakeholderRoutes('/customers', 'Customer'),
    ...stakeholderRoutes('/suppliers', 'Supplier'),
    route('GET /stakeholders', (call) => stakeholderList(call)),
    route('GET /stakeholders/{id}', ({ company, ids }) =>
      record(stakeholders.shownStakeholder(stakeholders.stakeholderOf(company, undefined, ids[0]))),
    ),
    ...scheduleRoutes('debit', 'Debit'),
    ...scheduleRoutes('credit', 'Credit'),
    route('GET /schedules', (call) => scheduleList(call, () => true)),
    // The only read by id, for both kinds: `/schedules/debit/{id}` and `/schedules/{id}` do not exist for GET.
    route('GET /schedules/credit/{id}', ({ company, ids, now }) =>
      record(shownSchedule(company, scheduleOf(company, ids[0]), company.entries.current(), now)),
    ),
    ...entryRoutes('payments', 'debit'),
    ...entryRoutes('receipts', 'credit'),
    route(
      'GET /categories',
      list((call) => call.company.categories, registers.CATEGORY_COLUMNS),
    ),
    route(
      'GET /schedules/categories',
      list((call) => call.company.categories, registers.CATEGORY_COLUMNS),
    ),
    route('GET /schedules/categories/{id}', ({ company, ids }) => record(registers.categoryOf(company, ids[0]))),
    route('POST /schedules/categories', ({ company, body }) => bareId(registers.insertCategory(company, body))),
    route(
      'GET /costcenters',
      list((call) => call.company.costCenters, registers.COST_CENTER_COLUMNS),
    ),
    route('GET /costcenters/{id}', ({ company, ids }) => record(registers.costCenterOf(company, ids[0]))),
    route('POST /costcenters', ({ company, body }) => bareId(registers.insertCostCenter(company, body))),
    route('PUT /costcenters/{id}', ({ company, ids, body }) => {
      registers.replaceCostCenter(company, ids[0], body)
      return noContent()
    }),
    route('DELETE /costcenters/{id}', ({ company, ids }) => {
      registers.removeCostCenter(company, ids[0])
      return noContent()
    }),
    route(
      'GET /accounts',
      list((call) => call.company.accounts, registers.ACCOUNT_COLUMNS),
    ),
    route('GET /accounts/views/balance', ({ company, query }) =>
      record(listed(registers.balances(company), registers.BALANCE_COLUMNS, query)),
    ),
  ].map((one) => [one.operation, one]),
)

function stakeholderRoutes(path: string, kind: stakeholders.StakeholderKind): Route[] {
  return [
    route(`GET ${path}`, (call) => stakeholderList(call, kind)),
    route(`GET ${path}/{id}`, ({ company, ids }) =>
      record(stakeholders.shownStakeholder(stakeholders.stakeholderOf(company, kind, ids[0]))),
    ),
    route(`POST ${path}`, ({ company, body, now }) =>
      bareId(textOf(stakeholders.insertStakeholder(company, kind, body, now)['id'])),
    ),
    route(`POST ${path}/FormatType=json`, ({ company, body, now }) =>
      record(stakeholders.shownStakeholder(stakeholders.insertStakeholder(company, kind, body, now))),
    ),
    route(`PUT ${path}/{id}`, ({ company, ids, body, now }) => {
      stakeholders.replaceStakeholder(company, kind, ids[0], body, now)
      return noContent()
    }),
    route(`DELETE ${path}/{id}`, ({ company, ids }) => {
      stakeholders.removeStakeholder(company, kind, ids[0])
      return noContent()
    }),
  ]
}

function scheduleRoutes(side: 'debit' | 'credit', kind: ScheduleKind): Route[] {
  const path = `/schedules/${side}`
  const mine = (row: Row): boolean => row['type'] === kind
  return [
    route(`GET ${path}`, (call) => scheduleList(call, mine)),
    route(`GET ${path}/opened`, (call) => scheduleList(call, (row, paid) => mine(row) && paid < totalOf(row))),
    route(`GET ${path}/dued`, (call) => {
      const today = dayInBrasilia(call.now)
      return scheduleList(call, (row, paid) => mine(row) && paid < totalOf(row) && textOf(row['dueDate']) < today)
    }),
    route(`POST ${path}`, ({ company, body, now, issued }) => {
      const id = schedules.insertSchedule(company, kind, body, now)
      if (kind === 'Credit') issued.push(...schedules.issuedBy(company, id, body))
      return bareId(id)
    }),
    route(`PUT ${path}/{id}`, ({ company, ids, body, now }) => {
      schedules.replaceSchedule(company, kind, ids[0], body, now)
      return noContent()
    }),
    route(`DELETE ${path}/{id}`, ({ company, ids }) => {
      schedules.removeSchedule(company, kind, ids[0])
      return noContent()
    }),
  ]
}

function entryRoutes(kind: entries.EntryKind, side: 'debit' | 'credit'): Route[] {
  const path = `/schedules/${side}/{id}/${kind}`
  return [
    route(`GET /${kind}`, ({ company, query }) => {
      const mine = company.entries.listed().filter((row) => row['kind'] === kind)
      const shown = mine.map((row) => entries.shownEntry(company, row))
      return record(listed(shown, entries.ENTRY_COLUMNS, query))
    }),
    route(`POST /${kind}`, ({ company, body, now }) => bareId(entries.insertSettled(company, kind, body, now))),
    route(`POST ${path}`, ({ company, ids, body }) => bareId(entries.settle(company, kind, ids[0], body))),
    route(`DELETE ${path}/{id}`, ({ company, ids }) => {
      entries.removeEntry(company, kind, ids[0], ids[1])
      return noContent()
    }),
  ]
}

function stakeholderList({ company, query }: Call, kind?: stakeholders.StakeholderKind): ReturnType<Route['run']> {
  const rows = company.stakeholders.listed().filter((row) => kind === undefined || row['kind'] === kind)
  return record(listed(rows.map(stakeholders.shownStakeholder), stakeholders.STAKEHOLDER_COLUMNS, query))
}

function scheduleList(
  { company, query, now }: Call,
  wanted: (row: Row, paid: number) => boolean,
): ReturnType<Route['run']> {
  const settled = company.entries.listed()
  const rows = company.schedules.listed().filter((row) => wanted(row, paidOf(row, settled)))
  const shown = rows.map((row) => shownSchedule(company, row, settled, now))
  return record(listed(shown, SCHEDULE_COLUMNS, query))
}

function list(table: (call: Call) => LaggingTable, columns: Columns): Route['run'] {
  return (call) => record(listed(table(call).listed(), columns, call.query))
}

function route(operation: string, run: Route['run']): Route {
  return { operation, run }
}
