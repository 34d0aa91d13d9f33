import { get } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AURORA, BRISA } from '../../helpers/alcada/start.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { connect2026 } from '../../helpers/mcp/clients.ts'
import { ask, deskOf, deskWith, pay } from './desk.ts'

let line: Line
beforeAll(async () => {
  line = await openLine({ erp: 'omie' })
})
afterAll(() => line.stop())

const HUMAN = { kind: 'human', purpose: 'approvals' } as const

describe('who gets in', () => {
  test('a token of /mcp is refused here, and one for approvals is refused there', async () => {
    const agent = await deskWith(line, line.alcada.token('admin')).get('/approvals')
    expect(agent).toEqual({
      status: 401,
      body: { error: { code: 'wrong_audience', message: 'the token is not for this server' } },
    })
    const human = deskWith(line, line.alcada.token('admin', { sub: 'u90', kind: 'human' }))
    expect((await human.get('/approvals')).status).toBe(401)
    const approver = line.alcada.token('admin', { sub: 'u90', ...HUMAN })
    await expect(connect2026(line.alcada.mcp, approver)).rejects.toThrow()
  })

  test('nobody without a token sees anything', async () => {
    for (const path of ['/approvals', '/approvals/x', '/approvals/x/approve', '/approvals/login']) {
      const response = await fetch(new URL(path, line.alcada.ops), { method: 'POST' })
      expect([path, response.status]).toEqual([path, 401])
    }
  })

  test.each(['/approvals', '/console'])('%s under another name of this address is no way in', async (path) => {
    const token = line.alcada.token('approver', { sub: 'u90', ...HUMAN })
    const headers = { host: 'rebound.example', authorization: `Bearer ${token}` }
    const status = await new Promise((resolve, reject) => {
      get(new URL(path, line.alcada.ops), { headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      }).once('error', reject)
    })
    expect(status).toBe(403)
  })
})

describe('what an approver sees', () => {
  let id: string
  beforeAll(async () => {
    id = await ask(line, { reference: 'PG-LIST' })
  })

  test('a request with its amount in Brazilian form, and who asks', async () => {
    const { body } = await deskOf(line, 'u90').get('/approvals?lang=pt')
    expect(body).toMatchObject({
      approvals: [
        {
          id,
          state: 'pending',
          title: 'Criar pagamento: R$ 1.000,01',
          caller: { id: 'agent-1', person: 'u17' },
          company: AURORA,
          count: 1,
          roles: ['approver'],
          refusal: null,
        },
      ],
    })
  })

  test('all that will be done, in the ERP’s words, after the looking stands in the ledger', async () => {
    const { body } = await deskOf(line, 'u90').get(`/approvals/${id}?lang=pt`)
    expect(body).toMatchObject({
      call: {
        native: 'LancarPagamento',
        lines: expect.arrayContaining([
          { label: 'Valor', value: 'R$ 1.000,01', before: null, changed: false },
          { label: 'Data', value: '25/11/2026', before: null, changed: false },
        ]),
      },
    })
    expect(line.alcada.ledger().at(-1)?.event).toMatchObject({
      what: 'approval_viewed',
      caller: { id: 'u90', kind: 'human', company: AURORA },
      approval: { id },
    })
  })

  test('nothing of another company, nor of roles that are not theirs', async () => {
    const brisa = deskWith(line, line.alcada.token('approver', { sub: 'u90', companies: [BRISA], ...HUMAN }))
    expect((await brisa.get('/approvals')).body).toEqual({ approvals: [] })
    expect((await brisa.get(`/approvals/${id}`)).status).toBe(404)
    const auditor = deskOf(line, 'u91', 'auditor')
    expect((await auditor.get('/approvals')).body).toEqual({ approvals: [] })
    expect((await auditor.post(`/approvals/${id}/approve`)).status).toBe(404)
  })

  test('neither the ledger nor the log holds the arguments in clear', async () => {
    await ask(line, { reference: 'PG-SECRET', description: 'palavra-canario' })
    expect(line.alcada.log()).not.toContain('palavra-canario')
  })
})

describe('who may decide', () => {
  test('not the person the agent acts for', async () => {
    const id = await ask(line, { reference: 'PG-OWN' })
    expect(await deskOf(line, 'u17').post(`/approvals/${id}/approve`)).toMatchObject({
      status: 403,
      body: { error: { code: 'approval_own' } },
    })
  })

  test('another person, once; then the agent repeats the call and it is done once', async () => {
    const id = await ask(line)
    const desk = deskOf(line, 'u90')
    expect(await desk.post(`/approvals/${id}/approve`)).toMatchObject({
      status: 200,
      body: { approval: { id, state: 'approved' } },
    })
    expect(await desk.post(`/approvals/${id}/approve`)).toMatchObject({ status: 409 })
    const before = line.received('LancarPagamento')
    const answers = await Promise.all([pay(line), pay(line), pay(line), pay(line), pay(line)])
    expect(answers.map(({ result }) => result !== null)).toEqual([true, true, true, true, true])
    expect(line.received('LancarPagamento') - before).toBe(1)
    expect(await desk.post(`/approvals/${id}/reject`, { reason: 'tarde demais' })).toMatchObject({
      status: 409,
      body: { error: { code: 'approval_ended' } },
    })
  })

  test('a rejection takes a reason, and the agent gets it', async () => {
    const id = await ask(line, { payable_id: '2701019', amount: 4875.6, reference: 'PG-NO' })
    const desk = deskOf(line, 'u90')
    expect(await desk.post(`/approvals/${id}/reject`)).toMatchObject({ status: 422 })
    expect(await desk.post(`/approvals/${id}/reject`, { reason: 'fornecedor errado' })).toMatchObject({
      status: 200,
    })
    const { text } = await line.call('operator', 'get_approval_by_id', { id })
    expect(text).toContain('fornecedor errado')
  })

  test('two at once for an amount of the second band: both count, and then it is done', async () => {
    const large = { payable_id: '2701007', amount: 50_000.01, reference: 'PG-TWO' }
    const id = await ask(line, large)
    const [first, second] = await Promise.all(
      ['u90', 'u91'].map((person) => deskOf(line, person).post(`/approvals/${id}/approve`)),
    )
    expect([first?.status, second?.status]).toEqual([200, 200])
    expect((await pay(line, large)).result).not.toBe(null)
  })
})
