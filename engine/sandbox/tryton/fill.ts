import { randomBytes } from 'node:crypto'
import seed from '../../../erps/tryton/sandbox/seed.json' with { type: 'json' }
import type { User } from './sign-in.ts'
import { openStore, type Store } from './store.ts'
import { dateOf, decimalOf, type Value } from './values.ts'

/** Name of the database, the first part of every call's path. */
export const database = 'erp'

/** CNPJ by company id, from 1. */
export const cnpjs: readonly string[] = seed.companies.map((company) => company.cnpj)

/** What a company's account for programs signs in with, and the ids of its books that calls name. */
export function credentialOf(store: Store, users: readonly User[], cnpj: string): Record<string, string> {
  const company = cnpjs.indexOf(cnpj) + 1
  const user = users.find(({ login }) => login === seed.companies[company - 1]?.api_user)
  const accounts = [...store.table('account.account').values()]
  const payable = accounts.find((account) => account['company'] === company && account['code'] === payableCode)
  return {
    user: user?.login ?? '',
    password: user?.password ?? '',
    company_id: String(company),
    payable_account: String(payable?.id),
    expense_journal: '2',
  }
}

const payableCode = '2.1.1'

/** The accounts of the seed, with passwords made anew. */
export function seedUsers(): User[] {
  return seed.users.map(({ login, company, groups }, at) => ({
    // 1 is admin, who has no password here.
    id: at + 2,
    login,
    company,
    groups,
    password: randomBytes(18).toString('base64url'),
  }))
}

/** A database with the seed in it; ids follow from the order, as in the real one. */
export function filledStore(users: readonly User[]): Store {
  const store = openStore()
  const add = (model: string, values: Record<string, Value>): number => store.insert(model, values).id
  add('currency.currency', seed.currency)
  add('account.configuration', {})
  for (const name of seed.categories) add('party.category', { name })
  for (const party of seed.parties) addParty(store, party)
  for (const [at] of seed.companies.entries()) add('company.company', { party: at + 1, currency: 1 })
  add('res.user', { name: 'Administrator', login: 'admin', company: 1 })
  for (const { login, company } of users) add('res.user', { name: login, login, company })
  for (const [code, name, type] of journals) add('account.journal', { code, name, type })
  for (const [at] of seed.companies.entries()) addBooks(store, at + 1)
  for (const payable of seed.payables) addPayable(store, payable)
  for (const { amount, date, payable, approved, journal, ...rest } of seed.payments) {
    add('account.payment', {
      ...rest,
      kind: 'payable',
      journal: (rest.company - 1) * seed.paymentJournals.length + journal,
      amount: decimalOf(amount),
      date: dateOf(date),
      line: payable * 2 - 1,
      state: approved ? 'approved' : 'draft',
      create_uid: 1,
      write_uid: approved ? 1 : null,
    })
  }
  return store
}

/** Those that a new database brings. */
const journals = [
  ['REV', 'Revenue', 'revenue'],
  ['EXP', 'Expense', 'expense'],
  ['CASH', 'Cash', 'cash'],
  ['STO', 'Stock', 'general'],
] as const

interface SeedParty {
  name: string
  type: string | null
  document: string
  category?: number
  email?: string
  phone?: string
}

function addParty(store: Store, { name, type, document, category, email, phone }: SeedParty): void {
  const code = String(store.next('party'))
  const categories = category === undefined ? [] : [category]
  const party = store.insert('party.party', { name, code, active: true, categories, create_uid: 1 }).id
  store.insert('party.identifier', { party, type, code: document, create_uid: 1 })
  if (email !== undefined)
    store.insert('party.contact_mechanism', { party, type: 'email', value: email, create_uid: 1 })
  if (phone !== undefined)
    store.insert('party.contact_mechanism', { party, type: 'phone', value: phone, create_uid: 1 })
}

function addBooks(store: Store, company: number): void {
  const types = seed.accountTypes.map((type) => store.insert('account.account.type', { ...type, company }).id)
  for (const account of seed.accounts) {
    store.insert('account.account', { ...account, type: types[account.type - 1] ?? null, company })
  }
  for (const year of seed.fiscalYears) {
    const span = { start_date: dateOf(`${year}-01-01`), end_date: dateOf(`${year}-12-31`) }
    store.insert('account.period', { name: String(year), ...span, company })
  }
  for (const name of seed.paymentJournals) {
    store.insert('account.payment.journal', { name, currency: 1, company, process_method: 'manual' })
  }
}

type SeedPayable = (typeof seed.payables)[number]

function addPayable(
  store: Store,
  { company, party, account, amount, date, due, description, posted }: SeedPayable,
): void {
  const accounts = [...store.table('account.account').values()].filter((one) => one['company'] === company)
  const idOf = (code: string): number | null => accounts.find((one) => one['code'] === code)?.id ?? null
  const periods = [...store.table('account.period').values()].filter((one) => one['company'] === company)
  const period = periods.find((one) => one['name'] === date.slice(0, 4))?.id ?? null
  const state = posted ? 'posted' : 'draft'
  const number = String(store.next('move'))
  const shared = { company, period, journal: 2, date: dateOf(date), description, state, number, create_uid: 1 }
  const move = store.insert('account.move', shared).id
  const line = { move, description, payment_blocked: false, create_uid: 1 }
  const owed = { party, credit: decimalOf(amount), debit: decimalOf('0'), maturity_date: dateOf(due) }
  store.insert('account.move.line', { ...line, account: idOf(payableCode), ...owed })
  store.insert('account.move.line', {
    ...line,
    account: idOf(account),
    credit: decimalOf('0'),
    debit: decimalOf(amount),
  })
}
