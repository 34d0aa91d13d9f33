import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Row, textOf } from '../../../engine/sandbox/row.ts'
import { AURORA, type Nibo, openNibo } from './nibo-call.ts'

let nibo: Nibo
let debit: Row
let credit: Row
beforeEach(async () => {
  nibo = await openNibo({ limitFactor: 100 })
  debit = {
    stakeholderId: nibo.one('suppliers', () => true)['id'],
    description: 'Farinha',
    reference: 'AP-1',
    scheduleDate: '2026-12-01',
    dueDate: '2026-12-01',
    categories: [{ categoryId: nibo.one('categories', (row) => row['type'] === 'out')['id'], value: 500 }],
  }
  credit = {
    ...debit,
    stakeholderId: nibo.one('customers', () => true)['id'],
    categories: [{ categoryId: nibo.one('categories', (row) => row['type'] === 'in')['id'], value: 500 }],
  }
})
afterEach(() => nibo.close())

const GUID = /^[0-9a-f-]{36}$/
const account = (name = 'Conta Movimento') => nibo.one('accounts', (row) => row['name'] === name)['id']
const schedule = (id: unknown) => nibo.call('GET', `/schedules/credit/${id}`)
const money = () =>
  ['payments', 'receipts', 'schedules/debit', 'schedules/credit'].map((kind) => nibo.records(AURORA, kind))

test('a plain POST answers a bare GUID, with FormatType=json the record', async () => {
  const person = {
    name: 'Ana Souza',
    document: { type: 'CPF', number: '529.982.247-25' },
    communication: { email: 'ana@correio.example' },
  }
  expect(await nibo.call('POST', '/customers', person)).toEqual({ status: 200, body: expect.stringMatching(GUID) })
  expect(await nibo.call('POST', '/suppliers/FormatType=json', person)).toMatchObject({
    status: 200,
    body: {
      name: 'Ana Souza',
      document: { type: 'Cpf', number: '52998224725' },
      email: 'ana@correio.example',
      isCompany: false,
    },
  })
})

test('a contact without a name or with a wrong document is a validation error', async () => {
  for (const body of [
    {},
    { name: ' ' },
    { name: 'X', document: { type: 'CNPJ', number: '12345678000194' } },
    { name: 'X', document: { type: 'CPF', number: '12345678000195' } },
  ]) {
    expect(await nibo.call('POST', '/customers', body)).toMatchObject({
      status: 500,
      body: { error: 'validation_error' },
    })
  }
  const alphanumeric = { name: 'X', document: { type: 'CNPJ', number: '12ABC34501DE35' } }
  expect((await nibo.call('POST', '/customers', alphanumeric)).status).toBe(200)
})

test('PUT answers 204 and zeroes what was left out, bank data included', async () => {
  const { id } = nibo.one('suppliers', (row) => row['bankAccountInformation'] !== null)
  expect(await nibo.call('PUT', `/suppliers/${id}`, { name: 'Outro nome' })).toEqual({ status: 204, body: '' })
  expect((await nibo.call('GET', `/suppliers/${id}`)).body).toMatchObject({
    name: 'Outro nome',
    document: null,
    email: null,
    address: null,
    bankAccountInformation: null,
  })
})

test('a record sent back as it was read keeps the old phone: the mirror at the root wins', async () => {
  const { id } = nibo.one('customers', () => true)
  const { body: read } = await nibo.call('GET', `/customers/${id}`)
  const record = typeof read === 'object' && read !== null ? read : {}
  const communication = { email: 'novo@correio.example', phone: '(11) 90000-0000' }
  await nibo.call('PUT', `/customers/${id}`, { ...record, communication })
  expect((await nibo.call('GET', `/customers/${id}`)).body).toMatchObject({ email: 'contato@sabormineiro.example' })
  await nibo.call('PUT', `/customers/${id}`, { name: 'Sabor Mineiro', communication })
  expect((await nibo.call('GET', `/customers/${id}`)).body).toMatchObject({ email: 'novo@correio.example' })
})

test('DELETE answers 204; a contact with schedules stays', async () => {
  const { body: id } = await nibo.call('POST', '/customers', { name: 'Passageiro' })
  expect(await nibo.call('DELETE', `/customers/${id}`)).toEqual({ status: 204, body: '' })
  expect((await nibo.call('GET', `/customers/${id}`)).status).toBe(404)
  const holder = nibo.records(AURORA, 'schedules/debit')[0]?.['stakeholder']
  const holderId = typeof holder === 'object' && holder !== null && 'id' in holder ? holder.id : ''
  expect((await nibo.call('DELETE', `/suppliers/${holderId}`)).status).toBe(500)
})

test('a debit reads back negative, with its contact zeroed at the root and its days as moments', async () => {
  const { body: id } = await nibo.call('POST', '/schedules/debit', debit)
  expect((await schedule(id)).body).toMatchObject({
    scheduleId: id,
    type: 'Debit',
    value: -500,
    paidValue: 0,
    openValue: -500,
    isPaid: false,
    isDued: false,
    stakeholderId: '00000000-0000-0000-0000-000000000000',
    stakeholder: { id: debit['stakeholderId'], name: 'Moinho Trigo Dourado S.A.' },
    dueDate: '2026-12-01T00:00:00Z',
    accrualDate: '2026-12-01T00:00:00Z',
    reference: 'AP-1',
  })
})

test('a schedule that makes no sense is a validation error and is not made', async () => {
  const before = money()
  for (const change of [
    { stakeholderId: 'x' },
    { categories: [] },
    { categories: credit['categories'] },
    { dueDate: '01/12/2026' },
    {
      costCenterValueType: 1,
      costCenters: [{ costCenterId: nibo.one('costcenters', () => true)['costCenterId'], percent: 60 }],
    },
    { instalment: [{ installmentNumber: 1, dueDate: '2026-12-01', value: 1 }], recurrence: {} },
  ]) {
    expect(await nibo.call('POST', '/schedules/debit', { ...debit, ...change })).toMatchObject({
      status: 500,
      body: { error: 'validation_error' },
    })
  }
  expect(money()).toEqual(before)
})

test('PUT on a schedule zeroes the reference that was left out', async () => {
  const { body: id } = await nibo.call('POST', '/schedules/debit', debit)
  const { reference: _, ...rest } = debit
  expect((await nibo.call('PUT', `/schedules/debit/${id}`, rest)).status).toBe(204)
  expect((await schedule(id)).body).toMatchObject({ reference: null, description: 'Farinha' })
  expect((await nibo.call('PUT', `/schedules/credit/${id}`, rest)).status).toBe(500)
  expect((await nibo.call('DELETE', `/schedules/debit/${id}`)).status).toBe(204)
  expect((await schedule(id)).body).toMatchObject({ error_description: 'Agendamento não encontrado.' })
})

test('instalments make one schedule each, numbered', async () => {
  const before = nibo.records(AURORA, 'schedules/debit').length
  const line = (number: number) => ({
    installmentNumber: number,
    dueDate: `2026-12-0${number}`,
    value: 250,
    description: 'Forno',
  })
  await nibo.call('POST', '/schedules/debit', { ...debit, instalment: [line(1), line(2)] })
  const made = nibo.records(AURORA, 'schedules/debit').slice(before)
  expect(made.map((row) => [row['description'], row['value'], row['dueDate']])).toEqual([
    ['Forno - 1/2', -250, '2026-12-01T00:00:00Z'],
    ['Forno - 2/2', -250, '2026-12-02T00:00:00Z'],
  ])
})

test('a settlement in two parts pays the schedule; removing one opens it again', async () => {
  const { body: id } = await nibo.call('POST', '/schedules/debit', debit)
  const pay = (value: number) =>
    nibo.call('POST', `/schedules/debit/${id}/payments`, { accountId: account(), date: '2026-11-16', value })
  expect(await pay(200)).toEqual({ status: 200, body: expect.stringMatching(GUID) })
  const { body: entryId } = await pay(300)
  expect((await schedule(id)).body).toMatchObject({ isPaid: true, paidValue: -500, openValue: 0 })
  const [entry] = nibo.records(AURORA, 'payments').filter((row) => row['entryId'] === entryId)
  expect(entry).toMatchObject({
    scheduleId: id,
    value: 300,
    date: '2026-11-16T00:00:00Z',
    account: { name: 'Conta Movimento' },
  })
  expect((await nibo.call('DELETE', `/schedules/${id}/payments/${entryId}`)).status).toBe(404)
  expect((await nibo.call('DELETE', `/schedules/debit/${id}/payments/${entryId}`)).status).toBe(204)
  expect((await schedule(id)).body).toMatchObject({ isPaid: false, paidValue: -200, openValue: -300 })
})

test('a settlement that is not applied answers 200 and an id all the same', async () => {
  const paid = nibo.one('schedules/debit', (row) => row['isPaid'] === true)
  const before = money()
  const body = { accountId: account(), date: '2026-11-16', value: 10 }
  expect(await nibo.call('POST', `/schedules/debit/${paid['scheduleId']}/payments`, body)).toEqual({
    status: 200,
    body: expect.stringMatching(GUID),
  })
  expect(money()).toEqual(before)
})

test('a settlement without an account, or before the account began, is HTTP 500', async () => {
  const open = nibo.one('schedules/debit', (row) => row['isPaid'] === false)
  const path = `/schedules/debit/${open['scheduleId']}/payments`
  expect((await nibo.call('POST', path, { date: '2026-11-16', value: 1 })).body).toEqual({
    error: 'validation_error',
    error_description: 'Conta bancária não encontrada.',
  })
  expect((await nibo.call('POST', path, { accountId: account(), date: '2025-12-31', value: 1 })).body).toMatchObject({
    error_description: 'A data da baixa é inferior a data do saldo inicial da conta.',
  })
})

test('a receipt on a debit is accepted and booked on the wrong side', async () => {
  const { body: id } = await nibo.call('POST', '/schedules/debit', debit)
  const body = { accountId: account(), date: '2026-11-16', value: 500 }
  expect((await nibo.call('POST', `/schedules/credit/${id}/receipts`, body)).status).toBe(200)
  expect(nibo.records(AURORA, 'receipts').at(-1)).toMatchObject({ scheduleId: id, value: 500 })
})

test('POST /payments settles at once; without an account it answers 200 and leaves the schedule open', async () => {
  const { categories, stakeholderId } = debit
  const body = { stakeholderId, date: '2026-11-16', categories, description: 'Frete' }
  const settled = await nibo.call('POST', '/payments', { ...body, accountId: account() })
  expect((await schedule(settled.body)).body).toMatchObject({ isPaid: true, value: -500 })
  const count = nibo.records(AURORA, 'payments').length
  const unsettled = await nibo.call('POST', '/payments', body)
  expect(unsettled).toEqual({ status: 200, body: expect.stringMatching(GUID) })
  expect((await schedule(unsettled.body)).body).toMatchObject({ isPaid: false, value: -500 })
  expect(nibo.records(AURORA, 'payments')).toHaveLength(count)
})

test('collection and autoGenerateNFSeType make a credit issue a boleto and an NFS-e', async () => {
  await nibo.call('POST', '/schedules/credit', credit)
  expect(nibo.issued).toEqual([])
  const { body: id } = await nibo.call('POST', '/schedules/credit', {
    ...credit,
    collection: { AutoGenerateCollectionType: 3 },
    autoGenerateNFSeType: 5,
    serviceProfileId: 'p1',
  })
  expect(nibo.issued).toEqual([
    { company: AURORA, kind: 'boleto', scheduleId: id, request: { AutoGenerateCollectionType: 3 } },
    { company: AURORA, kind: 'nfse', scheduleId: id, request: { autoGenerateNFSeType: 5, serviceProfileId: 'p1' } },
  ])
  await nibo.call('POST', '/schedules/debit', { ...debit, collection: {}, autoGenerateNFSeType: 5 })
  expect(nibo.issued).toHaveLength(2)
})

test('a body that cannot be read is answered 200 and applied nowhere', async () => {
  const before = money()
  for (const body of ['{"stakeholderId":', '[]', '']) {
    expect(await nibo.call('POST', '/schedules/debit', body)).toEqual({ status: 200, body: { Messages: [''] } })
  }
  expect(money()).toEqual(before)
})

test('categories and cost centres are made with a bare id; only cost centres change and go', async () => {
  const { body: category } = await nibo.call('POST', '/schedules/categories', { name: 'Fretes' })
  expect((await nibo.call('GET', `/schedules/categories/${category}`)).body).toMatchObject({
    name: 'Fretes',
    type: 'out',
  })
  const { body: id } = await nibo.call('POST', '/costcenters', { description: 'Obras' })
  expect((await nibo.call('PUT', `/costcenters/${id}`, { description: 'Reformas' })).status).toBe(204)
  expect((await nibo.call('GET', `/costcenters/${id}`)).body).toMatchObject({ description: 'Reformas' })
  expect((await nibo.call('DELETE', `/costcenters/${id}`)).status).toBe(204)
})

test('balances follow what was settled', async () => {
  const before = textOf(nibo.one('balances', (row) => row['accountName'] === 'Caixinha')['balance'])
  const { body: id } = await nibo.call('POST', '/schedules/credit', credit)
  const body = { accountId: account('Caixinha'), date: '2026-11-16', value: 500 }
  await nibo.call('POST', `/schedules/credit/${id}/receipts`, body)
  nibo.wait(101)
  expect([before, nibo.one('balances', (row) => row['accountName'] === 'Caixinha')['balance']]).toEqual(['1500', 2000])
})

test('a settlement can take effect and its answer be lost', async () => {
  const open = nibo.one('schedules/debit', (row) => row['value'] === -89.9)
  nibo.failNext({ operation: 'POST /schedules/debit/{id}/payments', afterApplying: true, dropConnection: true })
  const body = { accountId: account(), date: '2026-11-16', value: 1 }
  await expect(nibo.call('POST', `/schedules/debit/${open['scheduleId']}/payments`, body)).rejects.toThrow()
  expect(nibo.records(AURORA, 'payments').at(-1)).toMatchObject({ scheduleId: open['scheduleId'], value: 1 })
  nibo.failNext({ status: 502, body: 'Bad Gateway' })
  expect(await nibo.call('GET', '/accounts')).toEqual({ status: 502, body: 'Bad Gateway' })
})
