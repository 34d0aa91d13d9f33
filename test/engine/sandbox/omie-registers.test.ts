import { afterEach, beforeEach, expect, test } from 'vitest'
import { rowsOf } from '../../../engine/sandbox/row.ts'
import { AURORA, BRISA, type Omie, openOmie } from './omie-call.ts'

let omie: Omie
beforeEach(async () => {
  omie = await openOmie()
})
afterEach(() => omie.close())

const CLIENTES = '/geral/clientes/'

test('customers and suppliers are one list; the tag tells them apart', async () => {
  const all = await omie.call(CLIENTES, 'ListarClientes', { pagina: 1, registros_por_pagina: 500 })
  const suppliers = await omie.call(CLIENTES, 'ListarClientes', { clientesFiltro: { tags: [{ tag: 'Fornecedor' }] } })
  expect(all).toMatchObject({
    status: 200,
    body: { pagina: 1, total_de_paginas: 1, registros: 24, total_de_registros: 24 },
  })
  expect(suppliers.body['total_de_registros']).toBe(13)
  expect(rowsOf(suppliers.body['clientes_cadastro']).map((row) => row['razao_social'])).toContain(
    'Moinho Trigo Dourado S.A.',
  )
})

test('a page holds 500 at most, however many are asked for, and pages go on', async () => {
  const first = await omie.call(CLIENTES, 'ListarClientes', { pagina: 1, registros_por_pagina: 10 })
  const third = await omie.call(CLIENTES, 'ListarClientes', { pagina: 3, registros_por_pagina: 10 })
  expect(first.body).toMatchObject({ total_de_paginas: 3, registros: 10 })
  expect(third.body).toMatchObject({ pagina: 3, registros: 4 })
  for (let at = 0; at < 490; at++) {
    if (at % 200 === 0) omie.wait(61)
    await omie.call(CLIENTES, 'IncluirCliente', { razao_social: `Cliente ${at}`, codigo_cliente_integracao: `L-${at}` })
  }
  const capped = await omie.call(CLIENTES, 'ListarClientes', { registros_por_pagina: 1000 })
  expect(capped.body).toMatchObject({ registros: 500, total_de_registros: 514, total_de_paginas: 2 })
})

test('a page beyond the last is the fault 5113 with HTTP 500', async () => {
  expect(await omie.call(CLIENTES, 'ListarClientes', { pagina: 9 })).toEqual({
    status: 500,
    body: { faultstring: 'ERROR: Não existem registros para a página [9]!', faultcode: 'SOAP-ENV:Client-5113' },
  })
})

test('a customer is made, read by either code, changed in part and removed', async () => {
  const param = {
    codigo_cliente_integracao: 'NOVO-1',
    razao_social: 'Doces da Serra Ltda',
    cnpj_cpf: '12.ABC.345/01DE-35',
    email: 'financeiro@docesdaserra.example',
    tags: [{ tag: 'Fornecedor' }],
    dadosBancarios: { codigo_banco: '341', agencia: '0500', conta_corrente: '12345-6', cChavePix: '+5511912345678' },
  }
  const made = await omie.call(CLIENTES, 'IncluirCliente', param)
  expect(made).toMatchObject({ status: 200, body: { codigo_cliente_integracao: 'NOVO-1', codigo_status: '0' } })
  const code = made.body['codigo_cliente_omie']
  const changed = await omie.call(CLIENTES, 'AlterarCliente', {
    codigo_cliente_omie: code,
    dadosBancarios: { cChavePix: 'chave@nova.example' },
  })
  expect(changed.body['codigo_status']).toBe('0')
  const read = await omie.call(CLIENTES, 'ConsultarCliente', { codigo_cliente_integracao: 'NOVO-1' })
  expect(read).toMatchObject({
    status: 200,
    body: {
      codigo_cliente_omie: code,
      cnpj_cpf: '12.ABC.345/01DE-35',
      pessoa_fisica: 'N',
      email: 'financeiro@docesdaserra.example',
      dadosBancarios: { codigo_banco: '341', cChavePix: 'chave@nova.example' },
    },
  })
  await omie.call(CLIENTES, 'ExcluirCliente', { codigo_cliente_omie: code })
  expect(omie.records(AURORA, 'clientes')).toHaveLength(24)
})

test('a second record with the same integration code or document is the fault 102', async () => {
  const [known] = omie.records(AURORA, 'clientes').filter((row) => row['codigo_cliente_integracao'] === 'CLI-0002')
  const byCode = await omie.call(CLIENTES, 'IncluirCliente', {
    razao_social: 'X',
    codigo_cliente_integracao: 'CLI-0002',
  })
  const byDocument = await omie.call(CLIENTES, 'IncluirCliente', { razao_social: 'X', cnpj_cpf: known?.['cnpj_cpf'] })
  expect(byCode).toEqual({
    status: 500,
    body: {
      faultstring: 'ERROR: Cliente já cadastrado para o Código de Integração [CLI-0002] !',
      faultcode: 'SOAP-ENV:Client-102',
    },
  })
  expect(byDocument).toMatchObject({ status: 500, body: { faultcode: 'SOAP-ENV:Client-102' } })
  expect(omie.records(AURORA, 'clientes')).toHaveLength(24)
})

test('upsert makes once and changes after, by integration code and by document', async () => {
  const param = { codigo_cliente_integracao: 'UP-1', razao_social: 'Antes Ltda', cnpj_cpf: '11222333000181' }
  const made = await omie.call(CLIENTES, 'UpsertCliente', param)
  const changed = await omie.call(CLIENTES, 'UpsertClienteCpfCnpj', {
    razao_social: 'Depois Ltda',
    cnpj_cpf: '11222333000181',
  })
  expect(changed.body['codigo_cliente_omie']).toBe(made.body['codigo_cliente_omie'])
  expect(omie.records(AURORA, 'clientes').at(-1)).toMatchObject({ razao_social: 'Depois Ltda' })
  expect(omie.records(AURORA, 'clientes')).toHaveLength(25)
})

test('a CNPJ or CPF with wrong check digits is the fault 206', async () => {
  for (const cnpj_cpf of ['12345678000194', '12ABC34501DE36', '12345678900', '11111111111']) {
    expect(await omie.call(CLIENTES, 'IncluirCliente', { razao_social: 'X', cnpj_cpf })).toEqual({
      status: 500,
      body: { faultstring: 'ERROR: O CNPJ ou CPF informado está inválido.', faultcode: 'SOAP-ENV:Client-206' },
    })
  }
})

test('an unknown tag, a tag of another type and a missing one are refused by name', async () => {
  const unknown = await omie.call(CLIENTES, 'ConsultarCliente', { cnpj_cpf: '12345678000195' })
  const mistyped = await omie.call(CLIENTES, 'IncluirCliente', { razao_social: 'X', valor_limite_credito: '10' })
  const missing = await omie.call(CLIENTES, 'IncluirCliente', { email: 'a@b.example' })
  expect(unknown.body).toEqual({
    faultstring: 'ERROR: Tag [CNPJ_CPF] não faz parte da estrutura do tipo complexo [clientes_cadastro_chave]!',
    faultcode: 'SOAP-ENV:Client-5001',
  })
  expect(mistyped.body['faultstring']).toBe('ERROR: Conteúdo inválido na tag [valor_limite_credito]!')
  expect(missing.body['faultstring']).toBe('ERROR: O preenchimento da tag [razao_social] é obrigatório!')
})

test('one that is read and not there is a fault with HTTP 200', async () => {
  expect(await omie.call(CLIENTES, 'ConsultarCliente', { codigo_cliente_omie: 1 })).toEqual({
    status: 200,
    body: { faultstring: 'ERROR: Cliente não cadastrado para o Código [1] !', faultcode: 'SOAP-ENV:Client-103' },
  })
})

test('each list has a key of its own', async () => {
  const keys = [
    ['/geral/categorias/', 'ListarCategorias', 'categoria_cadastro', 10],
    ['/geral/departamentos/', 'ListarDepartamentos', 'departamentos', 3],
    ['/geral/departamentos/', 'ListarDepatartamentos', 'departamentos', 3],
    ['/geral/contacorrente/', 'ListarContasCorrentes', 'ListarContasCorrentes', 3],
    ['/geral/contacorrente/', 'ListarResumoContasCorrentes', 'conta_corrente_lista', 3],
    ['/geral/clientes/', 'ListarClientesResumido', 'clientes_cadastro_resumido', 24],
    ['/financas/contapagar/', 'ListarContasPagar', 'conta_pagar_cadastro', 20],
    ['/financas/contareceber/', 'ListarContasReceber', 'conta_receber_cadastro', 15],
  ] as const
  for (const [path, call, key, length] of keys) {
    const reply = await omie.call(path, call, { pagina: 1, registros_por_pagina: 50 })
    expect([call, rowsOf(reply.body[key]).length]).toEqual([call, length])
  }
})

test('categories and departments are made and changed; only departments go away', async () => {
  const category = await omie.call('/geral/categorias/', 'IncluirCategoria', {
    categoria_superior: '2.04',
    descricao: 'Frete',
  })
  expect(category.body).toMatchObject({ codigo: '2.04.05', codigo_status: '0' })
  const made = await omie.call('/geral/departamentos/', 'IncluirDepartamento', { codigo: '', descricao: 'Obras' })
  const { codigo } = made.body
  await omie.call('/geral/departamentos/', 'AlterarDepartamento', { codigo, descricao: 'Reformas' })
  expect(omie.records(AURORA, 'departamentos').at(-1)).toMatchObject({ codigo, descricao: 'Reformas' })
  await omie.call('/geral/departamentos/', 'ExcluirDepartamento', { codigo })
  expect(omie.records(AURORA, 'departamentos')).toHaveLength(3)
})

test('each company sees and changes its own data only', async () => {
  const [theirs] = omie.records(BRISA, 'clientes')
  const code = theirs?.['codigo_cliente_omie']
  const read = await omie.call(CLIENTES, 'ConsultarCliente', { codigo_cliente_omie: code })
  await omie.call(CLIENTES, 'IncluirCliente', { razao_social: 'Só da Brisa' }, BRISA)
  expect(read.body['faultcode']).toBe('SOAP-ENV:Client-103')
  expect([omie.records(AURORA, 'clientes').length, omie.records(BRISA, 'clientes').length]).toEqual([24, 25])
})
