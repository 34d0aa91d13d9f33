import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../../helpers/needs.ts'
import { type RpcClient, sessionClient } from '../../helpers/tryton/rpc.ts'
import { startTryton, type Tryton } from '../../helpers/tryton/start.ts'
import { decimal } from './tryton-calls/call.ts'

const { missing } = needs('tryton')
const aurora = '12345678000195'

describe.skipIf(missing !== null)('a real Tryton for tests', () => {
  let erp: Tryton

  beforeAll(async () => {
    erp = await startTryton()
  }, 60_000)

  afterAll(() => erp.close())

  const client = (): Promise<RpcClient> => {
    const { user = '', password = '' } = erp.credentials[aurora] ?? {}
    return sessionClient(`${erp.url}/`, user, password)
  }
  const state = (id: number): unknown[] => erp.query('select state, amount from account_payment where id = ?', id)

  test('it holds two companies, each with an account', () => {
    expect(erp.credentials).toMatchObject({
      '12345678000195': { user: 'alcada.aurora', company_id: '1', payable_account: '3', expense_journal: '2' },
      '12ABC34501DE35': { user: 'alcada.brisa', company_id: '2', payable_account: '10', expense_journal: '2' },
    })
    expect(erp.query('select company, count(*) as payments from account_payment group by company')).toEqual([
      { company: 1, payments: 3 },
      { company: 2, payments: 2 },
    ])
  })

  test('its own tables show what a call did', async () => {
    expect(state(1)).toEqual([{ state: 'draft', amount: '842.50' }])
    await (await client())('model.account.payment.approve', [[1], { company: 1 }])
    expect(state(1)).toEqual([{ state: 'approved', amount: '842.50' }])
  })

  test('what was written outlives a crash of the server', async () => {
    await (await client())('model.account.payment.write', [[2], { amount: decimal('3191.00') }, { company: 1 }])
    await erp.kill()
    await expect(fetch(erp.origin)).rejects.toThrow('fetch failed')
    await erp.restart()
    expect(state(2)).toEqual([{ state: 'draft', amount: '3191.00' }])
    expect(await (await client())('model.account.payment.read', [[2], ['state'], { company: 1 }])).toMatchObject({
      body: { result: [{ id: 2, state: 'draft' }] },
    })
  })

  test('another one starts from the same seed, untouched', async () => {
    const other = await startTryton()
    expect(other.query('select state from account_payment where id = 1')).toEqual([{ state: 'draft' }])
    await other.close()
  })
})
