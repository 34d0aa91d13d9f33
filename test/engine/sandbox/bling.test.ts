// The Bling stand-in does what Bling's OpenAPI description and its page on limits say: paths and shapes, required fields,
// settlement by borderô, filters, errors, rates, and OAuth with refresh tokens that are good once.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AURORA, type Bling, BRISA, openBling } from './bling-call.ts'

let bling: Bling
beforeAll(async () => {
  bling = await openBling()
})
afterAll(() => bling.close())

const PAYABLE = 1_041_001

describe('lists', () => {
  test('a page under `data`, at most a hundred, and no total', async () => {
    const { status, body } = await bling.call('GET', '/contatos?criterio=1&pagina=2&limite=10')
    expect(status).toBe(200)
    expect(Object.keys(Object(body))).toEqual(['data'])
    expect(Object(body).data).toHaveLength(10)
    expect(await bling.items('/contatos?criterio=1&pagina=3&limite=10')).toHaveLength(4)
    expect(await bling.items('/contatos?criterio=1&pagina=4&limite=10')).toEqual([])
  })

  test('contacts without `criterio` are only those entered last; a list shows neither e-mail nor address', async () => {
    expect(await bling.items('/contatos')).toHaveLength(20)
    const [first] = await bling.items('/contatos?criterio=1&limite=1')
    expect(Object.keys(first ?? {})).toEqual([
      'id',
      'nome',
      'codigo',
      'situacao',
      'numeroDocumento',
      'telefone',
      'celular',
    ])
  })

  test('contacts by type, by words and by document with or without its punctuation', async () => {
    const types = await bling.items('/contatos/tipos')
    expect(types.map(({ descricao }) => descricao)).toEqual(['Cliente', 'Fornecedor', 'Transportador'])
    expect(await bling.items('/contatos?criterio=1&idTipoContato=1000102')).toHaveLength(12)
    expect(await bling.items('/contatos?criterio=1&pesquisa=sabor%20mineiro')).toHaveLength(1)
    expect(await bling.items('/contatos?criterio=1&numeroDocumento=33658590000365')).toHaveLength(1)
  })

  test('payables by contact, state and due date; a period of more than a year is refused', async () => {
    const open = await bling.items('/contas/pagar?situacao=1')
    expect(open.every(({ situacao }) => situacao === 1)).toBe(true)
    expect(Object.keys(open[0] ?? {})).toEqual(['id', 'situacao', 'vencimento', 'valor', 'contato'])
    const due = await bling.items('/contas/pagar?dataVencimentoInicial=2026-11-30&dataVencimentoFinal=2026-11-30')
    expect([due.length > 0, due.every(({ vencimento }) => vencimento === '2026-11-30')]).toEqual([true, true])
    const { status, body } = await bling.call(
      'GET',
      '/contas/pagar?dataVencimentoInicial=2025-01-01&dataVencimentoFinal=2026-11-30',
    )
    expect([status, Object(body).error.type]).toEqual([400, 'VALIDATION_ERROR'])
  })

  test('receivables are of one period: by issue, from a year ago to today, unless told otherwise', async () => {
    const all = await bling.items('/contas/receber')
    const due = await bling.items('/contas/receber?tipoFiltroData=V')
    // Two of the fourteen were issued after today, and four are due after it.
    expect(all).toHaveLength(12)
    expect(due.length).toBeLessThan(14)
    expect(due.every(({ vencimento }) => String(vencimento) <= '2026-11-16')).toBe(true)
    expect(all[0]?.['contato']).toMatchObject({ nome: expect.any(String), numeroDocumento: expect.any(String) })
  })
})

describe('contacts', () => {
  test('an update replaces the whole record, and a state is changed on its own', async () => {
    const id = 1_016_013
    const before = Object((await bling.call('GET', `/contatos/${id}`)).body).data
    expect(before.email).toMatch(/\.example$/)
    const changed = { nome: 'Outra Ltda', tipo: before.tipo, situacao: 'A', numeroDocumento: before.numeroDocumento }
    expect((await bling.call('PUT', `/contatos/${id}`, changed)).status).toBe(204)
    expect(Object((await bling.call('GET', `/contatos/${id}`)).body).data).toMatchObject({
      nome: 'Outra Ltda',
      email: '',
    })
    expect((await bling.call('PATCH', `/contatos/${id}/situacoes`, { situacao: 'I' })).status).toBe(204)
    expect((await bling.call('PATCH', `/contatos/${id}/situacoes`, { situacao: 'X' })).status).toBe(400)
    expect(Object((await bling.call('GET', `/contatos/${id}`)).body).data.situacao).toBe('I')
    expect((await bling.call('DELETE', `/contatos/${id}`)).status).toBe(400)
  })

  test('what is wrong with a body is told field by field, and nothing is stored', async () => {
    const before = bling.records(AURORA, 'contatos').length
    const { status, body } = await bling.call('POST', '/contatos', { tipo: 'J', numeroDocumento: '11222333000180' })
    expect(status).toBe(400)
    expect(Object(body).error.fields.map(({ element }: { element: string }) => element)).toEqual([
      'nome',
      'numeroDocumento',
    ])
    const twin = { nome: 'Gêmea', tipo: 'J', codigo: 'FOR-014' }
    expect(Object((await bling.call('POST', '/contatos', twin)).body).error.fields[0].element).toBe('codigo')
    expect(bling.records(AURORA, 'contatos')).toHaveLength(before)
    expect((await bling.call('POST', '/contatos', '')).body).toMatchObject({ error: { type: 'EMPTY_REQUEST_BODY' } })
    expect((await bling.call('POST', '/contatos', '{')).body).toMatchObject({ error: { type: 'INVALID_REQUEST_BODY' } })
  })
})

describe('settling', () => {
  const settlement = {
    data: '2026-11-16',
    usarDataVencimento: false,
    portador: { id: 1_031_001 },
    categoria: { id: 1_021_003 },
    historico: 'PG-1',
  }

  test('a part leaves the rest open, and the borderô is named by the account', async () => {
    const { status, body } = await bling.call('POST', `/contas/pagar/${PAYABLE}/baixar`, {
      ...settlement,
      valorRecebido: 50,
    })
    expect(status).toBe(200)
    const { id } = Object(body).bordero
    const account = Object((await bling.call('GET', `/contas/pagar/${PAYABLE}`)).body).data
    expect(account).toMatchObject({ situacao: 3, valor: 89.9, saldo: 39.9, borderos: [id] })
    const slip = Object((await bling.call('GET', `/borderos/${id}`)).body).data
    expect(slip).toMatchObject({ data: '2026-11-16', historico: 'PG-1', portador: { id: 1_031_001 } })
    expect(slip.pagamentos).toMatchObject([{ valorPago: 50, juros: 0, numeroDocumento: 'AP-2026-0001' }])
    expect(Object.keys(slip.pagamentos[0])).not.toContain('conta')
  })

  test('more than is open is refused; without an amount all of it is paid; a borderô taken back opens it again', async () => {
    const path = `/contas/pagar/${PAYABLE}`
    expect((await bling.call('POST', `${path}/baixar`, { ...settlement, valorRecebido: 40 })).status).toBe(400)
    const { body } = await bling.call('POST', `${path}/baixar`, settlement)
    expect(Object((await bling.call('GET', path)).body).data).toMatchObject({ situacao: 2, saldo: 0 })
    expect((await bling.call('POST', `${path}/baixar`, settlement)).status).toBe(400)
    expect((await bling.call('DELETE', path)).status).toBe(400)
    expect((await bling.call('DELETE', `/borderos/${Object(body).bordero.id}`)).status).toBe(204)
    expect(Object((await bling.call('GET', path)).body).data).toMatchObject({ situacao: 3, saldo: 39.9 })
  })

  test('each field that the description requires is asked for', async () => {
    const { body } = await bling.call('POST', '/contas/receber/1051001/baixar', { valorRecebido: 1 })
    expect(Object(body).error.fields.map(({ element }: { element: string }) => element)).toEqual([
      'usarDataVencimento',
      'data',
      'historico',
      'portador',
      'categoria',
    ])
  })

  test('a borderô of many accounts undoes all of them at once', async () => {
    const lines = bling.records(AURORA, 'baixas').filter(({ historico }) => historico === 'Baixa em lote')
    expect(lines.map(({ conta }) => conta)).toEqual([1_041_010, 1_041_011])
    expect((await bling.call('DELETE', `/borderos/${lines[0]?.['bordero']}`)).status).toBe(204)
    for (const { conta } of lines) {
      expect(Object((await bling.call('GET', `/contas/pagar/${conta}`)).body).data.situacao).toBe(1)
    }
  })
})

test('a payable answers its id bare, a receivable below `data`', async () => {
  const body = { vencimento: '2026-12-10', valor: 10.5, contato: { id: 1_016_014 }, categoria: { id: 1_021_003 } }
  expect(await bling.call('POST', '/contas/pagar', body)).toEqual({ status: 201, body: { id: expect.any(Number) } })
  expect(await bling.call('POST', '/contas/receber', body)).toEqual({
    status: 201,
    body: { data: { id: expect.any(Number) } },
  })
})

test('an unknown record is a 404, an unknown route too, a method that a path does not have a 405', async () => {
  const type = async (method: string, path: string) => {
    const { status, body } = await bling.call(method, path)
    return [status, Object(body).error.type]
  }
  expect(await type('GET', '/contas/pagar/999')).toEqual([404, 'RESOURCE_NOT_FOUND'])
  expect(await type('GET', '/nada')).toEqual([404, 'RESOURCE_NOT_FOUND'])
  expect(await type('DELETE', '/contatos/tipos')).toEqual([405, 'METHOD_NOT_ALLOWED'])
})

describe('limits', () => {
  test('the call after the day’s last is refused, also in a new second', async () => {
    const own = await openBling({ limitFactor: 4 / 120_000 })
    for (let call = 0; call < 4; call++) expect((await own.call('GET', '/contatos/tipos')).status).toBe(200)
    const full = await own.call('GET', '/contatos/tipos')
    expect([full.status, Object(full.body).error.period]).toEqual([429, 'day'])
    await own.close()
  })

  test('three calls a second', async () => {
    const held = await bling.access()
    const headers = { authorization: `Bearer ${held}` }
    bling.wait(1000)
    const statuses: number[] = []
    for (let call = 0; call < 4; call++) statuses.push((await fetch(`${bling.url}/contatos/tipos`, { headers })).status)
    expect(statuses).toEqual([200, 200, 200, 429])
    const { error } = Object(await (await fetch(`${bling.url}/contatos/tipos`, { headers })).json())
    expect(error).toMatchObject({ type: 'TOO_MANY_REQUESTS', limit: 3, period: 'second' })
  })

  test('more than twenty token calls a minute shut the address out for an hour', async () => {
    const own = await openBling()
    const wrong = { grant_type: 'refresh_token', refresh_token: 'none' }
    for (let call = 1; call < 20; call++) expect((await own.token(wrong)).status).toBe(400)
    expect((await own.token(wrong)).status).toBe(403)
    own.wait(59 * 60_000)
    expect((await own.token(wrong)).status).toBe(403)
    own.wait(60_001)
    expect((await own.token(wrong)).status).toBe(400)
    await own.close()
  })
})

describe('OAuth', () => {
  test('no, a wrong and an expired token are told apart', async () => {
    const said = async (token: string) => Object((await bling.call('GET', '/contatos/tipos', undefined, token)).body)
    expect((await said('')).error).toMatchObject({
      type: 'invalid_token',
      description: expect.stringMatching(/invalid$/),
    })
    const held = await bling.access(BRISA)
    expect((await bling.call('GET', '/contatos/tipos', undefined, held)).status).toBe(200)
    bling.wait(6 * 3_600_000)
    expect((await said(held)).error.description).toMatch(/expired$/)
    await bling.access()
  })

  test('a refresh token is good once, and a second use ends all that came of it', async () => {
    const own = await openBling()
    const first = own.credentials[BRISA]?.['refresh_token'] ?? ''
    const given = await own.token({ grant_type: 'refresh_token', refresh_token: first }, BRISA)
    expect(given.body).toMatchObject({ expires_in: 21_600, token_type: 'Bearer' })
    const { access_token: access, refresh_token: next } = Object(given.body)
    expect((await own.call('GET', '/contatos/tipos', undefined, access)).status).toBe(200)
    const again = await own.token({ grant_type: 'refresh_token', refresh_token: first }, BRISA)
    expect([again.status, Object(again.body).error.type]).toEqual([400, 'invalid_grant'])
    expect((await own.call('GET', '/contatos/tipos', undefined, access)).status).toBe(401)
    expect((await own.token({ grant_type: 'refresh_token', refresh_token: next }, BRISA)).status).toBe(400)
    await own.close()
  })

  test('the browser comes back with a code and the state, and the code is good once', async () => {
    const back = 'http://127.0.0.1:9/back'
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: bling.credentials[AURORA]?.['client_id'] ?? '',
      redirect_uri: back,
      state: 's-1',
    })
    const { status, headers } = await fetch(`${bling.url}/oauth/authorize?${query}`, { redirect: 'manual' })
    const { searchParams, origin } = new URL(headers.get('location') ?? '')
    expect([status, origin, searchParams.get('state')]).toEqual([302, 'http://127.0.0.1:9', 's-1'])
    const form = { grant_type: 'authorization_code', code: searchParams.get('code') ?? '', redirect_uri: back }
    expect((await bling.token(form, AURORA, 'wrong')).status).toBe(401)
    expect((await bling.token(form)).status).toBe(200)
    expect((await bling.token(form)).status).toBe(400)
  })

  test('what came to the token endpoint is not kept', () => {
    const told = JSON.stringify(bling.received)
    expect(told).toContain('POST /oauth/token')
    expect(told).not.toContain(bling.credentials[AURORA]?.['refresh_token'])
  })
})
