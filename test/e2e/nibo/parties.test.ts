import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AURORA, BRISA } from '../../helpers/alcada/start.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { HASTY, SEED } from './seed.ts'

let line: Line
beforeAll(async () => {
  line = await openLine({ erp: 'nibo', free: true, standIn: { limitFactor: 1_000, listLagMs: 0 }, edits: [HASTY] })
})
afterAll(() => line.stop())

const KINDS = [
  {
    kind: 'customer',
    plural: 'customers',
    table: 'customers',
    seeded: SEED.customer,
    name: 'Restaurante Sabor Mineiro Ltda',
    document: '33658590000365',
    fresh: '12ABC34501DE35',
  },
  {
    kind: 'vendor',
    plural: 'vendors',
    table: 'suppliers',
    seeded: SEED.vendor,
    name: 'Moinho Trigo Dourado S.A.',
    document: '06380302000208',
    fresh: '52998224725',
  },
]

describe.each(KINDS)('$plural of Nibo', ({ kind, plural, table, seeded, name, document, fresh }) => {
  const party = (id: unknown): Record<string, unknown> | undefined =>
    line.standIn.records(AURORA, table).find((row) => row['id'] === id)

  test('a list comes page by page in one order, no record twice and none left out', async () => {
    const seen: unknown[] = []
    for (const page of [1, 2, 3]) {
      const { result } = await line.call('viewer', `get_${plural}_list`, { page, page_size: 5 })
      expect(result?.metadata).toEqual({ platform: 'nibo', total_count: 12, page, page_size: 5, has_next: page < 3 })
      for (const one of Object.values(Object(result?.data))) seen.push(Object(one).id)
    }
    expect(new Set(seen).size).toBe(12)
    const { result } = await line.call('viewer', `get_${plural}_list`, { page: 4, page_size: 5 })
    expect(result).toMatchObject({ data: [], metadata: { total_count: 12, has_next: false } })
  })

  test('a list is narrowed by a part of the name, quotes and all, and by being out of use', async () => {
    const found = await line.data('admin', `get_${plural}_list`, { name_contains: name.slice(0, 9) })
    expect(found).toMatchObject([{ id: seeded, name }])
    const quoted = await line.data('admin', `get_${plural}_list`, { name_contains: "' or true or name eq '" })
    expect(quoted).toEqual([])
    const inactive = await line.data('admin', `get_${plural}_list`, { inactive_filter: true })
    expect(Object.values(Object(inactive)).every((one) => Object(one).inactive === true)).toBe(true)
  })

  test('one is read by id and found by document', async () => {
    const one = await line.data('admin', `get_${kind}_by_id`, { id: seeded })
    expect(one).toMatchObject({ id: seeded, name, document, state: 'SP', inactive: false })
    expect(await line.data('admin', `get_${kind}_by_document`, { document })).toEqual([one])
    expect(await line.data('admin', `get_${kind}_by_document`, { document: '11444777000161' })).toEqual([])
  })

  test('one of the other kind is not found, whatever its id', async () => {
    const other = kind === 'vendor' ? SEED.customer : SEED.vendor
    expect((await line.call('viewer', `get_${kind}_by_id`, { id: other })).refusal?.error.code).toBe('erp_not_found')
  })

  test('it is created, changed without losing a field, taken out of use and deleted', async () => {
    const created = await line.data('operator', `create_${kind}`, {
      reference: `NEW-${kind}`,
      name: 'Confeitaria Ação & Cia "São João"',
      document: fresh,
      trade_name: 'São João',
      email: 'contato@saojoao.example',
      phone: '11987654321',
      city: 'Campinas',
      state: 'SP',
      bank: { bank_code: '341', branch: '0123', account: '45678-9', pix_key: 'pix@saojoao.example' },
    })
    const { id } = Object(created)
    expect(created).toEqual({ id, reference: `NEW-${kind}` })
    const bank = { bank: '341', agency: '0123', accountNumber: '45678-9', pixKey: 'pix@saojoao.example' }
    const kept = {
      document: { number: fresh, type: fresh.length === 11 ? 'Cpf' : 'Cnpj' },
      address: { city: 'Campinas', state: 'SP' },
      companyInformation: { companyName: 'São João' },
    }
    expect(party(id)).toMatchObject({
      ...kept,
      name: 'Confeitaria Ação & Cia "São João"',
      communication: { email: 'contato@saojoao.example', phone: '11987654321' },
      bankAccountInformation: bank,
      isArchived: false,
    })

    const change = { id, name: 'São João Ltda', email: 'novo@saojoao.example', bank: { pix_key: 'nova' } }
    expect(await line.data('operator', `update_${kind}`, change)).toEqual({ id, reference: null })
    expect(party(id)).toMatchObject({
      ...kept,
      name: 'São João Ltda',
      email: 'novo@saojoao.example',
      communication: { email: 'novo@saojoao.example', phone: '11987654321' },
      bankAccountInformation: { ...bank, pixKey: 'nova' },
    })

    await line.data('operator', `update_${kind}_inactive`, { id, reason: 'encerrou as atividades' })
    expect(party(id)).toMatchObject({ ...kept, isArchived: true, name: 'São João Ltda', phone: '11987654321' })
    expect((await line.call('operator', `delete_${kind}`, { id, reason: 'em duplicidade' })).code).toBe(-32_602)
    await line.data('admin', `delete_${kind}`, { id, reason: 'em duplicidade' })
    expect(party(id)).toBeUndefined()
  })

  test('what Nibo keeps of one beside our fields is still there after a change', async () => {
    const before = party(seeded)
    await line.data('operator', `update_${kind}`, { id: seeded, city: 'Santos' })
    const { updateDate: _a, ...after } = Object(party(seeded))
    const { updateDate: _b, ...expected } = Object(before)
    expect(after).toEqual({ ...expected, address: { ...Object(before).address, city: 'Santos' } })
  })

  test('one with schedules stays, in the words of Nibo', async () => {
    const { refusal } = await line.call('admin', `delete_${kind}`, { id: seeded, reason: 'em duplicidade' })
    expect(refusal?.error).toMatchObject({
      code: 'erp_validation',
      message: expect.stringContaining('possui agendamentos'),
    })
    expect(party(seeded)).toBeDefined()
  })
})

test('a token of one organization sees its records alone, and one of two says which it means', async () => {
  const brisa = { companies: [BRISA] }
  const theirs = '71265369-5ed6-456b-86c0-f06c851e0b21'
  expect(await line.data('admin', 'get_customer_by_id', { id: theirs }, brisa)).toMatchObject({
    name: 'Loja Conecta Casa Ltda',
  })
  expect((await line.call('admin', 'get_customer_by_id', { id: SEED.customer }, brisa)).refusal?.error.code).toBe(
    'erp_not_found',
  )
  expect(line.standIn.received.at(-1)).toMatchObject({ company: BRISA, status: 404 })
  const both = { companies: [AURORA, BRISA] }
  expect((await line.call('admin', 'get_customer_by_id', { id: theirs }, both)).refusal?.error.code).toBe(
    'company_required',
  )
  expect(await line.data('admin', 'get_customer_by_id', { id: theirs, company: BRISA }, both)).toMatchObject({
    id: theirs,
  })
})

test('every tool for customers and vendors has answered', async () => {
  expect(await line.unanswered(/customer|vendor/)).toEqual([])
})
