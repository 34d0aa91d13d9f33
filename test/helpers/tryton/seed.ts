import seed from '../../../erps/tryton/sandbox/seed.json' with { type: 'json' }
import { arrayOf, type RpcClient, resultOf } from './rpc.ts'

/** Fills an empty database with the stand-in's seed, so that both hold the same records under the same ids. */
export async function seedDatabase(admin: RpcClient, passwords: ReadonlyMap<string, string>): Promise<void> {
  const call = async (method: string, ...params: unknown[]): Promise<unknown> =>
    resultOf(await admin(method, params), method)
  const create = async (model: string, rows: unknown[], context: object = {}): Promise<number[]> =>
    arrayOf(await call(`model.${model}.create`, rows, context)).map(Number)
  const one = async (model: string, domain: unknown[]): Promise<number> =>
    Number(arrayOf(await call(`model.${model}.search`, domain, 0, 1, null, {}))[0])

  await create('currency.currency', [seed.currency])
  await create(
    'party.category',
    seed.categories.map((name) => ({ name })),
  )
  await create('party.party', seed.parties.map(partyRow))
  await create(
    'company.company',
    seed.companies.map((_, at) => ({ party: at + 1, currency: 1 })),
  )
  await call(
    'model.res.user.write',
    [1],
    { companies: [['add', seed.companies.map((_, at) => at + 1)]], company: 1, company_filter: 'all' },
    {},
  )

  const moveSequence = await one('ir.sequence.type', [['name', '=', 'Account Move']])
  const accounts: Map<string, number>[] = []
  for (const [at] of seed.companies.entries()) {
    const company = at + 1
    const context = { company }
    const types = await create(
      'account.account.type',
      seed.accountTypes.map((type) => ({ ...type, company })),
      context,
    )
    const rows = seed.accounts.map((account) => ({ ...account, type: types[account.type - 1], company }))
    const ids = await create('account.account', rows, context)
    accounts.push(new Map(seed.accounts.map((account, index) => [account.code, ids[index] ?? 0])))
    // Each fiscal year must have a sequence of its own.
    const sequences = seed.fiscalYears.map((year) => ({
      name: `Lançamentos ${year}`,
      sequence_type: moveSequence,
      company,
    }))
    const sequenceIds = await create('ir.sequence', sequences, context)
    const years = seed.fiscalYears.map((year, index) => yearRow(year, company, sequenceIds[index]))
    await create('account.fiscalyear', years, context)
    const journals = seed.paymentJournals.map((name) => ({ name, currency: 1, company, process_method: 'manual' }))
    await create('account.payment.journal', journals, context)
    const defaults = {
      default_account_payable: accounts[at]?.get('2.1.1'),
      default_account_receivable: accounts[at]?.get('1.1.2'),
    }
    await create('account.configuration', [defaults], context)
  }

  for (const { login, company, groups } of seed.users) {
    const ids = await Promise.all(groups.map((name) => one('res.group', [['name', '=', name]])))
    const rights = { groups: [['add', ids]], companies: [['add', [company]]], company }
    await create('res.user', [{ name: login, login, password: passwords.get(login), ...rights }])
  }

  for (const { company, party, account, amount, date, due, description, posted } of seed.payables) {
    const own = accounts[company - 1]
    const lines = [
      { account: own?.get('2.1.1'), party, credit: decimal(amount), maturity_date: dateOf(due), description },
      { account: own?.get(account), debit: decimal(amount), description },
    ]
    const context = { company }
    // Left out, the period would be the one of the day on which this runs.
    const period = await one('account.period', [
      ['company', '=', company],
      ['name', '=', date.slice(0, 4)],
    ])
    const shared = { company, journal: 2, period, date: dateOf(date), description }
    const ids = await create('account.move', [{ ...shared, lines: [['create', lines]] }], context)
    if (posted) await call('model.account.move.post', ids, context)
  }

  for (const { company, party, journal, amount, date, description, payable, approved } of seed.payments) {
    const row = {
      company,
      kind: 'payable',
      party,
      journal: (company - 1) * seed.paymentJournals.length + journal,
      amount: decimal(amount),
      date: dateOf(date),
      description,
      // Each entry has two lines; the first is the payable.
      line: payable * 2 - 1,
    }
    const ids = await create('account.payment', [row], { company })
    if (approved) await call('model.account.payment.approve', ids, { company })
  }
}

function partyRow({ name, type, document, category, email, phone }: SeedParty): object {
  const mechanisms = [
    ...(email === undefined ? [] : [{ type: 'email', value: email }]),
    ...(phone === undefined ? [] : [{ type: 'phone', value: phone }]),
  ]
  return {
    name,
    identifiers: [['create', [{ type, code: document }]]],
    ...(category !== undefined && { categories: [['add', [category]]] }),
    ...(mechanisms.length > 0 && { contact_mechanisms: [['create', mechanisms]] }),
  }
}

interface SeedParty {
  name: string
  type: string | null
  document: string
  category?: number
  email?: string
  phone?: string
}

function yearRow(year: number, company: number, sequence: number | undefined): object {
  const span = { start_date: dateOf(`${year}-01-01`), end_date: dateOf(`${year}-12-31`) }
  const period = { name: String(year), type: 'standard', ...span }
  return { name: String(year), company, post_move_sequence: sequence, ...span, periods: [['create', [period]]] }
}

function decimal(text: string): object {
  return { __class__: 'Decimal', decimal: text }
}

function dateOf(text: string): object {
  const [year, month, day] = text.split('-').map(Number)
  return { __class__: 'date', year, month, day }
}
