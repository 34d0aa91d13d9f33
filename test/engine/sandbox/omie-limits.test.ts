import { afterEach, beforeEach, expect, test } from 'vitest'
import { AURORA, BRISA, type Omie, openOmie } from './omie-call.ts'

let omie: Omie
beforeEach(async () => {
  omie = await openOmie()
})
afterEach(() => omie.close())

const CLIENTES = '/geral/clientes/'
const list = (page: number) => ({ pagina: page, registros_por_pagina: 1 })

test('a wrong key or secret is HTTP 403 and reaches no company', async () => {
  const keys = { ...omie.credentials[AURORA], app_secret: 'x' }
  const reply = await omie.post(CLIENTES, JSON.stringify({ call: 'ListarClientes', ...keys, param: [{}] }))
  expect(reply).toEqual({
    status: 403,
    body: { faultstring: 'SOAP-ENV:Client-101: App Key inválido', faultcode: 'SOAP-ENV:Client-101' },
  })
  expect(omie.received).toEqual([{ operation: 'ListarClientes', company: null, status: 403, params: {} }])
})

test('keys are made anew at each start, one pair per company', async () => {
  const other = await openOmie()
  await other.close()
  const keys = [omie, other].flatMap(({ credentials }) => [
    credentials[AURORA]?.['app_key'],
    credentials[BRISA]?.['app_key'],
  ])
  expect(new Set(keys).size).toBe(4)
})

test('what is no JSON, no envelope or no method is HTTP 500', async () => {
  const keys = omie.credentials[AURORA]
  for (const body of ['{"call":', '[]', JSON.stringify({ call: 'ListarClientes', ...keys, param: {} })]) {
    expect(await omie.post(CLIENTES, body)).toEqual({
      status: 500,
      body: { faultstring: 'ERROR: Bad Request', faultcode: 'SOAP-ENV:Server' },
    })
  }
  expect((await omie.call(CLIENTES, 'ListarContasPagar', {})).body['faultstring']).toBe(
    'ERROR: Method [ListarContasPagar] not exists',
  )
  expect((await omie.call(CLIENTES, 'constructor', {})).status).toBe(500)
})

test('a service without its last slash redirects', async () => {
  expect((await omie.post('/geral/clientes', '{}')).status).toBe(301)
})

test('the same call with the same parameters is redundant for 60 seconds, another is not', async () => {
  expect((await omie.call(CLIENTES, 'ListarClientes', list(1))).status).toBe(200)
  omie.wait(44)
  expect(await omie.call(CLIENTES, 'ListarClientes', list(1))).toEqual({
    status: 500,
    body: {
      faultstring: 'ERROR: Consumo redundante detectado. Aguarde 16 segundos para tentar novamente (REDUNDANT).',
      faultcode: 'SOAP-ENV:Client-6',
    },
  })
  expect((await omie.call(CLIENTES, 'ListarClientes', list(2))).status).toBe(200)
  expect((await omie.call(CLIENTES, 'ListarClientes', list(1), BRISA)).status).toBe(200)
  omie.wait(17)
  expect((await omie.call(CLIENTES, 'ListarClientes', list(1))).status).toBe(200)
})

test('the tenth error blocks that method of that key for 30 minutes, and each call in between extends it', async () => {
  for (let page = 101; page <= 110; page++) {
    expect((await omie.call(CLIENTES, 'ListarClientes', list(page))).status).toBe(500)
  }
  omie.wait(11)
  expect(await omie.call(CLIENTES, 'ListarClientes', list(1))).toEqual({
    status: 425,
    body: {
      faultstring: 'ERROR: API bloqueada por consumo indevido. Tente novamente em 1789 segundos.',
      faultcode: 'MISUSE_API_PROCESS',
    },
  })
  expect((await omie.call(CLIENTES, 'ListarClientes', list(1), BRISA)).status).toBe(200)
  expect((await omie.call(CLIENTES, 'ConsultarCliente', { codigo_cliente_omie: 2485001 })).status).toBe(200)
  omie.wait(1799)
  expect((await omie.call(CLIENTES, 'ListarClientes', list(1))).status).toBe(425)
  omie.wait(1801)
  expect((await omie.call(CLIENTES, 'ListarClientes', list(1))).status).toBe(200)
})

test('nine errors block nothing', async () => {
  for (let page = 101; page <= 109; page++) await omie.call(CLIENTES, 'ListarClientes', list(page))
  expect((await omie.call(CLIENTES, 'ListarClientes', list(1))).status).toBe(200)
})

test('a method that writes runs once at a time, one that reads four times', async () => {
  const insert = (name: string) => omie.call(CLIENTES, 'IncluirCliente', { razao_social: name })
  omie.failNext({ operation: 'IncluirCliente', delayMs: 150 })
  const writes = await Promise.all([insert('Um'), insert('Dois')])
  expect(writes.map(({ status }) => status).sort()).toEqual([200, 500])
  expect(writes.find(({ status }) => status === 500)?.body['faultcode']).toBe('SOAP-ENV:Client-1880')
  for (let at = 0; at < 4; at++) omie.failNext({ operation: 'ListarClientes', delayMs: 150 })
  const reads = await Promise.all([1, 2, 3, 4, 5].map((page) => omie.call(CLIENTES, 'ListarClientes', list(page))))
  expect(reads.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 500])
})

test('the 241st call of a method in a minute is 429, and its limit can be multiplied', async () => {
  const statuses = new Set<number>()
  for (let page = 1; page <= 240; page++) {
    statuses.add((await omie.call(CLIENTES, 'ListarClientes', { pagina: 1, registros_por_pagina: page })).status)
  }
  expect([...statuses]).toEqual([200])
  const over = await omie.call(CLIENTES, 'ListarClientes', { pagina: 1, registros_por_pagina: 241 })
  expect(over).toMatchObject({ status: 429, body: { faultstring: 'Too many Requests' } })
  omie.wait(61)
  expect((await omie.call(CLIENTES, 'ListarClientes', { pagina: 1, registros_por_pagina: 241 })).status).toBe(200)
  const lenient = await openOmie({ limitFactor: 3 })
  for (let at = 0; at < 3; at++) expect((await lenient.call(CLIENTES, 'ListarClientes', list(1))).status).toBe(200)
  expect((await lenient.call(CLIENTES, 'ListarClientes', list(1))).status).toBe(500)
  await lenient.close()
})

test('the 961st call of a minute from one address is 429, whatever its key and method', async () => {
  const lists = ['ListarClientes', 'ListarClientesResumido']
  for (const call of lists) {
    for (const company of [AURORA, BRISA]) {
      for (let size = 1; size <= 240; size++) {
        await omie.call(CLIENTES, call, { pagina: 1, registros_por_pagina: size }, company)
      }
    }
  }
  expect(new Set(omie.received.map(({ status }) => status))).toEqual(new Set([200]))
  expect((await omie.call('/geral/categorias/', 'ListarCategorias', { pagina: 1 })).status).toBe(429)
})

test('a write can take effect and its answer be lost', async () => {
  omie.failNext({ operation: 'IncluirCliente', afterApplying: true, dropConnection: true })
  await expect(omie.call(CLIENTES, 'IncluirCliente', { razao_social: 'Perdido Ltda' })).rejects.toThrow()
  expect(omie.records(AURORA, 'clientes').at(-1)).toMatchObject({ razao_social: 'Perdido Ltda' })
  expect(omie.received.at(-1)).toMatchObject({ operation: 'IncluirCliente', company: AURORA, status: 0 })
  omie.failNext({ status: 503, body: 'fora do ar' })
  await expect(omie.call(CLIENTES, 'IncluirCliente', { razao_social: 'Nunca Ltda' })).rejects.toThrow()
  expect(omie.records(AURORA, 'clientes').at(-1)).toMatchObject({ razao_social: 'Perdido Ltda' })
})
