import { afterAll, beforeAll, expect, test } from 'vitest'
import { bareDocument, isCnpj, isCpf } from '../../../engine/sandbox/brazilian-document.ts'
import { startNibo } from '../../../engine/sandbox/nibo/server.ts'
import { startOmie } from '../../../engine/sandbox/omie/server.ts'
import { type Row, rowsOf, textOf } from '../../../engine/sandbox/row.ts'
import type { StandIn } from '../../../engine/sandbox/stand-in.ts'

const COMPANIES = ['12345678000195', '12ABC34501DE35']

let omie: StandIn
let nibo: StandIn
beforeAll(async () => {
  omie = await startOmie()
  nibo = await startNibo()
})
afterAll(async () => {
  await omie.close()
  await nibo.close()
})

const nested = (row: Row, key: string): Row => rowsOf([row[key]])[0] ?? {}

test('check digits of CNPJ and CPF, alphanumeric ones included', () => {
  expect(['12345678000195', '12ABC34501DE35', '11222333000181'].map(isCnpj)).toEqual([true, true, true])
  expect(['12345678000194', '12ABC34501DE36', '12abc34501de35', '00000000000000'].map(isCnpj)).toEqual([
    false,
    false,
    false,
    false,
  ])
  expect(['52998224725', '52998224724', '11111111111', '5299822472'].map(isCpf)).toEqual([true, false, false, false])
})

test('both ERPs hold the two demo companies', () => {
  expect(Object.keys(omie.credentials).sort()).toEqual(COMPANIES)
  expect(Object.keys(nibo.credentials).sort()).toEqual(COMPANIES)
})

test.each(COMPANIES)(
  'every person and company in the data of %s has a valid document, some alphanumeric',
  (company) => {
    const ofOmie = omie.records(company, 'clientes').map((row) => bareDocument(textOf(row['cnpj_cpf'])))
    const people = [...nibo.records(company, 'customers'), ...nibo.records(company, 'suppliers')]
    const ofNibo = people.map((row) => textOf(nested(row, 'document')['number']))
    expect(ofNibo).toEqual(ofOmie)
    expect(ofOmie.filter((document) => !isCnpj(document) && !isCpf(document))).toEqual([])
    expect(ofOmie.filter((document) => /[A-Z]/.test(document)).length).toBe(4)
    expect(ofOmie.filter((document) => document.length === 11).length).toBe(4)
    expect(new Set(ofOmie).size).toBe(24)
  },
)

test.each(COMPANIES)('suppliers of %s have bank data with PIX keys of every kind', (company) => {
  const keys = nibo.records(company, 'suppliers').map((row) => nested(row, 'bankAccountInformation')['pixKeyType'])
  expect(new Set(keys)).toEqual(new Set(['CNPJ', 'CPF', 'EMAIL', 'PHONE', 'RANDOM']))
  const pix = omie
    .records(company, 'clientes')
    .map((row) => textOf(nested(row, 'dadosBancarios')['cChavePix']))
    .filter((key) => key !== '')
  expect(pix).toHaveLength(12)
})

test.each(COMPANIES)('amounts of %s reach from 89.90 to 250 thousand and every e-mail is under .example', (company) => {
  const amounts = omie.records(company, 'contapagar').map((row) => Number(row['valor_documento']))
  expect([Math.min(...amounts), Math.max(...amounts)]).toEqual([89.9, 250000])
  expect(omie.records(company, 'contapagar')).toHaveLength(20)
  expect(omie.records(company, 'contareceber')).toHaveLength(15)
  expect(omie.records(company, 'clientes').every((row) => textOf(row['email']).endsWith('.example'))).toBe(true)
})

test('the two companies share no record', () => {
  const codes = COMPANIES.flatMap((company) =>
    omie.records(company, 'clientes').map((row) => row['codigo_cliente_omie']),
  )
  const ids = COMPANIES.flatMap((company) => nibo.records(company, 'schedules/debit').map((row) => row['scheduleId']))
  expect([new Set(codes).size, new Set(ids).size]).toEqual([48, 38])
})

test('a look at the records is a copy', () => {
  const [first] = omie.records('12345678000195', 'clientes')
  if (first !== undefined) first['razao_social'] = 'mudado'
  expect(omie.records('12345678000195', 'clientes')[0]).toMatchObject({
    razao_social: 'Restaurante Sabor Mineiro Ltda',
  })
  expect(omie.records('12345678000195', 'nada')).toEqual([])
  expect(nibo.records('00000000000000', 'customers')).toEqual([])
})
