import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startTrytonStandIn, type TrytonStandIn } from '../../../engine/sandbox/tryton/server.ts'
import { basic, type RpcClient, rpcClient, sessionClient } from '../../helpers/tryton/rpc.ts'
import { date, decimal } from './tryton-calls/call.ts'

const aurora = '12345678000195'
const brisa = '12ABC34501DE35'
const context = { company: 1 }

let erp: TrytonStandIn
let clock: number

beforeEach(async () => {
  clock = Date.UTC(2026, 10, 23, 15)
  erp = await startTrytonStandIn({ now: () => clock })
})

afterEach(() => erp.close())

function client(cnpj: string): RpcClient {
  const { user = '', password = '' } = erp.credentials[cnpj] ?? {}
  return rpcClient(`${erp.url}/`, basic(user, password))
}

async function logIn(password: string): Promise<number> {
  const answer = await rpcClient(`${erp.url}/`, undefined)('common.db.login', ['reader', { password }, 'en'])
  return answer.status
}

const payment = {
  company: 1,
  kind: 'payable',
  party: 3,
  journal: 1,
  amount: decimal('150.00'),
  date: date(2026, 11, 30),
  description: 'NF-123',
}

describe('companies', () => {
  test('each of the two has an account, a password made anew and an id', async () => {
    expect(erp.credentials).toMatchObject({
      [aurora]: { user: 'alcada.aurora', company_id: '1', payable_account: '3', expense_journal: '2' },
      [brisa]: { user: 'alcada.brisa', company_id: '2', payable_account: '10', expense_journal: '2' },
    })
    const other = await startTrytonStandIn()
    expect(other.credentials[aurora]?.['password']).not.toBe(erp.credentials[aurora]?.['password'])
    await other.close()
  })

  test('an account sees the payments of its own company only, whatever the context names', async () => {
    const search = [[], 0, 9, [['id', 'ASC']], ['amount'], { company: 2 }]
    expect(await client(aurora)('model.account.payment.search_read', search)).toMatchObject({
      body: { result: [{ id: 1 }, { id: 2 }, { id: 3 }] },
    })
    expect(await client(brisa)('model.account.payment.search_read', search)).toMatchObject({
      body: { result: [{ id: 4 }, { id: 5 }] },
    })
  })
})

describe('what a test can see from outside', () => {
  test('every call is kept with its company, its status and its parameters', async () => {
    await client(brisa)('model.party.party.search_count', [[], { company: 2 }])
    await rpcClient(`${erp.url}/`, undefined)('model.party.party.search_count', [[], context])
    expect(erp.received).toEqual([
      { operation: 'model.party.party.search_count', company: brisa, status: 200, params: [[], { company: 2 }] },
      { operation: 'model.party.party.search_count', company: null, status: 401, params: [[], context] },
    ])
  })

  test('a log-in is kept without its parameters: the password is one', async () => {
    await logIn('wrong')
    expect(erp.received).toEqual([{ operation: 'common.db.login', company: null, status: 401 }])
  })

  test('a call that met a fault is kept with its company too', async () => {
    erp.failNext({ status: 502, body: 'bad gateway' })
    const answer = await client(brisa)('model.party.party.search_count', [[], { company: 2 }])
    expect(answer).toEqual({ status: 502, body: 'bad gateway' })
    expect(erp.received).toMatchObject([{ company: brisa, status: 502 }])
  })

  test('records show what is stored of one company, and a copy cannot change it', async () => {
    const [first] = erp.records(brisa, 'account.payment')
    expect(first).toMatchObject({ id: 4, party: 6, amount: decimal('15900.00'), state: 'draft' })
    Object.assign(first ?? {}, { state: 'approved' })
    expect(erp.records(brisa, 'account.payment')[0]).toMatchObject({ state: 'draft' })
    expect(erp.records(aurora, 'no.such.kind')).toEqual([])
  })

  test('a refused create leaves nothing behind', async () => {
    const wrong = { name: 'Ruim', identifiers: [['create', [{ type: 'br_cnpj', code: '11222333000180' }]]] }
    await client(aurora)('model.party.party.create', [[wrong], context])
    expect(erp.records(aurora, 'party.party')).toHaveLength(11)
    expect(await client(aurora)('model.party.party.create', [[{ name: 'Boa' }], context])).toMatchObject({
      body: { result: [12] },
    })
  })

  test('a write whose answer is lost has taken effect', async () => {
    erp.failNext({ operation: 'model.account.payment.create', dropConnection: true, afterApplying: true })
    await expect(client(aurora)('model.account.payment.create', [[payment], context])).rejects.toThrow('fetch failed')
    expect(erp.records(aurora, 'account.payment').at(-1)).toMatchObject({ id: 6, amount: decimal('150.00') })
    expect(erp.received).toMatchObject([{ operation: 'model.account.payment.create', company: aurora, status: 0 }])
  })
})

describe('where the ERP does not guard', () => {
  test('the state can be written past the approval', async () => {
    await client(aurora)('model.account.payment.write', [[1], { state: 'approved' }, context])
    expect(erp.records(aurora, 'account.payment')[0]).toMatchObject({ id: 1, state: 'approved' })
  })

  test('a payment can be created approved', async () => {
    await client(aurora)('model.account.payment.create', [[{ ...payment, state: 'approved' }], context])
    expect(erp.records(aurora, 'account.payment').at(-1)).toMatchObject({ id: 6, state: 'approved' })
  })

  test('the amount of an approved payment can be written, a negative one too', async () => {
    await client(aurora)('model.account.payment.write', [[3], { amount: decimal('-1.00') }, context])
    expect(erp.records(aurora, 'account.payment')[2]).toMatchObject({ state: 'approved', amount: decimal('-1.00') })
  })
})

describe('signing in', () => {
  test('six failures within 300 s lock an account for the right password, and only that account', async () => {
    const right = erp.passwords.get('reader') ?? ''
    for (let failure = 0; failure < 6; failure += 1) expect(await logIn('wrong')).toBe(401)
    expect(await logIn(right)).toBe(429)
    expect(await client(aurora)('model.party.party.search_count', [[], context])).toMatchObject({ status: 200 })
    clock += 300_001
    expect(await logIn(right)).toBe(200)
  })

  test('failures by Basic count alike', async () => {
    const wrong = rpcClient(`${erp.url}/`, basic('reader', 'wrong'))
    for (let failure = 0; failure < 6; failure += 1) await wrong('model.party.party.search_count', [[], context])
    expect(await logIn(erp.passwords.get('reader') ?? '')).toBe(429)
  })

  test('a limit factor raises the number of failures that are borne', async () => {
    const lenient = await startTrytonStandIn({ limitFactor: 100 })
    const wrong = rpcClient(`${lenient.url}/`, basic('reader', 'wrong'))
    for (let failure = 0; failure < 20; failure += 1) {
      expect(await wrong('model.party.party.search_count', [[], context])).toMatchObject({ status: 401 })
    }
    await lenient.close()
  })

  test('approving on a session that was idle for more than 300 s is refused and ends the session', async () => {
    const { user = '', password = '' } = erp.credentials[aurora] ?? {}
    const session = await sessionClient(`${erp.url}/`, user, password)
    clock += 300_001
    expect(await session('model.account.payment.read', [[1], ['state'], context])).toMatchObject({ status: 200 })
    expect(await session('model.account.payment.approve', [[1], context])).toMatchObject({ status: 401 })
    expect(await session('model.account.payment.read', [[1], ['state'], context])).toMatchObject({ status: 401 })
    expect(erp.records(aurora, 'account.payment')[0]).toMatchObject({ state: 'draft' })
  })

  test('a session ends with the log-out', async () => {
    const { user = '', password = '' } = erp.credentials[aurora] ?? {}
    const session = await sessionClient(`${erp.url}/`, user, password)
    expect(await session('common.db.logout', [])).toMatchObject({ status: 200, body: { result: null } })
    expect(await session('model.party.party.search_count', [[], context])).toMatchObject({ status: 401 })
  })
})
