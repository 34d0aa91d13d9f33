import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BRISA } from '../../helpers/alcada/start.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'

const AURORA = '12345678000195'
let line: Line
beforeAll(async () => {
  line = await openLine({ erp: 'omie', free: true, standIn: { limitFactor: 1_000 } })
})
afterAll(() => line.stop())

function party(id: unknown): Record<string, unknown> | undefined {
  return line.standIn.records(AURORA, 'clientes').find((row) => String(row['codigo_cliente_omie']) === id)
}

const KINDS = [
  {
    kind: 'customer',
    plural: 'customers',
    tag: 'Cliente',
    count: 12,
    seeded: '2485001',
    name: 'Restaurante Sabor Mineiro Ltda',
    document: '33658590000365',
    fresh: '12ABC34501DE35',
  },
  {
    kind: 'vendor',
    plural: 'vendors',
    tag: 'Fornecedor',
    count: 13,
    seeded: '2485013',
    name: 'Moinho Trigo Dourado S.A.',
    document: '06380302000208',
    fresh: '52998224725',
  },
]

describe.each(KINDS)('$plural of Omie, which keeps both kinds in one table', (of) => {
  const { kind, plural, tag, seeded } = of
  const written = (id: unknown, reference: string | null): object => ({ id, reference })

  test('a list shows only those with the tag, page by page, and says how many there are', async () => {
    const { result } = await line.call('viewer', `get_${plural}_list`, { page: 2, page_size: 5 })
    expect(result?.metadata).toEqual({ platform: 'omie', total_count: of.count, page: 2, page_size: 5, has_next: true })
    expect(result?.data).toHaveLength(5)
    const last = await line.call('viewer', `get_${plural}_list`, { page: 3, page_size: 5 })
    expect(last.result?.metadata.has_next).toBe(false)
    const none = await line.call('viewer', `get_${plural}_list`, { page: 4, page_size: 5 })
    expect(none.result).toMatchObject({ data: [], metadata: { total_count: 0, page: 4, has_next: false } })
  })

  test('a list is narrowed by a part of the name and by being out of use', async () => {
    const found = await line.data('admin', `get_${plural}_list`, { name_contains: of.name.slice(0, 9).toUpperCase() })
    expect(found).toMatchObject([{ id: seeded, name: of.name, inactive: false }])
    expect(await line.data('admin', `get_${plural}_list`, { inactive_filter: true, page_size: 500 })).toEqual(
      expect.not.arrayContaining([expect.objectContaining({ inactive: false })]),
    )
  })

  test('one is read by id, and found by document with or without its punctuation in the books', async () => {
    const one = await line.data('admin', `get_${kind}_by_id`, { id: seeded })
    expect(one).toMatchObject({ id: seeded, name: of.name, document: of.document, state: 'SP' })
    expect(await line.data('admin', `get_${kind}_by_document`, { document: of.document })).toEqual([one])
    expect(await line.data('admin', `get_${kind}_by_document`, { document: '11444777000161' })).toEqual([])
  })

  test('it is created, changed, taken out of use and deleted, each to be seen in the books', async () => {
    const reference = `NEW-${kind}`
    const created = await line.data('operator', `create_${kind}`, {
      reference,
      name: 'Confeitaria Ação & Cia "São João"',
      document: of.fresh,
      trade_name: 'São João',
      email: 'contato@saojoao.example',
      phone: '5511987654321',
      city: 'Campinas',
      state: 'SP',
      bank: {
        bank_code: '341',
        branch: '0123',
        account: '45678-9',
        holder_name: 'São João',
        holder_document: of.fresh,
        pix_key: 'pix@saojoao.example',
      },
    })
    const id = Object(created).id
    expect(created).toEqual(written(id, reference))
    const bank = {
      codigo_banco: '341',
      agencia: '0123',
      conta_corrente: '45678-9',
      doc_titular: of.fresh,
      nome_titular: 'São João',
      cChavePix: 'pix@saojoao.example',
      transf_padrao: 'N',
    }
    expect(party(id)).toMatchObject({
      codigo_cliente_integracao: reference,
      razao_social: 'Confeitaria Ação & Cia "São João"',
      nome_fantasia: 'São João',
      email: 'contato@saojoao.example',
      telefone1_ddd: '11',
      telefone1_numero: '987654321',
      cidade: 'Campinas',
      estado: 'SP',
      inativo: 'N',
      tags: [{ tag }],
      pessoa_fisica: of.fresh.length === 11 ? 'S' : 'N',
      dadosBancarios: bank,
    })

    const changed = await line.data('operator', `update_${kind}`, {
      id,
      name: 'São João Ltda',
      bank: { pix_key: 'nova' },
    })
    expect(changed).toEqual(written(id, reference))
    expect(party(id)).toMatchObject({
      razao_social: 'São João Ltda',
      email: 'contato@saojoao.example',
      dadosBancarios: { ...bank, cChavePix: 'nova' },
    })

    await line.data('operator', `update_${kind}_inactive`, { id, reason: 'encerrou as atividades' })
    expect(party(id)).toMatchObject({
      inativo: 'S',
      razao_social: 'São João Ltda',
      dadosBancarios: { agencia: '0123' },
    })
    expect(await line.data('admin', `get_${kind}_by_id`, { id })).toMatchObject({
      inactive: true,
      email: 'contato@saojoao.example',
    })

    expect((await line.call('operator', `delete_${kind}`, { id, reason: 'em duplicidade' })).code).toBe(-32_602)
    expect(party(id)).toBeDefined()
    await line.data('admin', `delete_${kind}`, { id, reason: 'em duplicidade' })
    expect(party(id)).toBeUndefined()
  })

  test('one with entries stays, in the words of Omie', async () => {
    const { refusal } = await line.call('admin', `delete_${kind}`, { id: seeded, reason: 'em duplicidade' })
    expect(refusal).toMatchObject({
      error: { code: 'erp_validation', message: expect.stringContaining('existem lançamentos') },
      alcada: { retry: 'never' },
    })
    expect(party(seeded)).toBeDefined()
  })
})

test('a token of one company sees its records alone, and one of two says which it means', async () => {
  const brisa = { companies: [BRISA] }
  expect(await line.data('admin', 'get_customer_by_id', { id: '3485001' }, brisa)).toMatchObject({
    name: 'Loja Conecta Casa Ltda',
  })
  const foreign = await line.call('admin', 'get_customer_by_id', { id: '2485001' }, brisa)
  expect(foreign.refusal?.error.code).toBe('erp_not_found')
  const named = await line.call('admin', 'get_customer_by_id', { id: '2485001', company: AURORA }, brisa)
  expect(named.refusal?.error).toMatchObject({ code: 'arguments_invalid', field: 'company' })
  expect(line.standIn.received.at(-1)).toMatchObject({ operation: 'ConsultarCliente', company: BRISA })

  const both = { companies: [AURORA, BRISA] }
  const silent = await line.call('admin', 'get_customer_by_id', { id: '2485001' }, both)
  expect(silent.refusal?.error).toMatchObject({ code: 'company_required', field: 'company' })
  const other = await line.call('admin', 'get_customer_by_id', { id: '2485001', company: '11444777000161' }, both)
  expect(other.refusal?.error).toMatchObject({ code: 'company_not_allowed', field: 'company' })
  expect(await line.data('admin', 'get_customer_by_id', { id: '3485001', company: BRISA }, both)).toMatchObject({
    city: 'SÃO PAULO (SP)',
  })
  expect(await line.data('admin', 'get_customer_by_id', { id: '2485001', company: AURORA }, both)).toMatchObject({
    name: 'Restaurante Sabor Mineiro Ltda',
  })
})

test('every tool for customers and vendors has answered', async () => {
  expect(await line.unanswered(/customer|vendor/)).toEqual([])
})
