import { afterEach, expect, test } from 'vitest'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { ask, deskOf, pay } from './desk.ts'

let line: Line
afterEach(() => line.stop())

const RBAC = 'policies/omie/rbac.yaml'
const SETTLE = `settle:
      - { up_to: 1000.00, currency: BRL, approvers: 0 }
      - { up_to: 50000.00, currency: BRL, approvers: 1, roles: [approver] }`
const LAST = '      - { up_to: 200000.00, currency: BRL, approvers: 2, roles: [approver] }'
const serverRuns = [RBAC, '  alcada:\n', '  approvals: { after_approval: server_runs }\n  alcada:\n'] as const

async function state(id: string): Promise<unknown> {
  const { result } = await line.call('operator', 'get_approval_by_id', { id })
  return result?.data
}

/** Looks until a request is in this state: the server makes the call beside the approval. */
async function becomes(id: string, wanted: string): Promise<unknown> {
  for (;;) {
    const found = await state(id)
    if (typeof found === 'object' && found !== null && 'state' in found && found.state === wanted) return found
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

test('what the policy denies now stays denied, whatever was approved', async () => {
  line = await openLine({ erp: 'omie' })
  await deskOf(line, 'u90').post(`/approvals/${await ask(line)}/approve`)
  line.alcada.project.replace(RBAC, `${SETTLE}\n${LAST}`, SETTLE.replace(/\n.*$/, ''))
  await line.alcada.publish()
  expect((await pay(line)).refusal?.error.code).toBe('amount_above_alcada')
  expect(line.received('LancarPagamento')).toBe(0)
})

test('what now needs more approvers waits for them', async () => {
  line = await openLine({ erp: 'omie' })
  const id = await ask(line)
  await deskOf(line, 'u90').post(`/approvals/${id}/approve`)
  line.alcada.project.replace(RBAC, SETTLE, SETTLE.replace('approvers: 1', 'approvers: 2'))
  await line.alcada.publish()
  const { refusal } = await pay(line)
  expect(refusal?.alcada.approval).toMatchObject({ id, count: 2 })
  expect(await state(id)).toMatchObject({ state: 'pending', count: 2, given: 1 })
  await deskOf(line, 'u91').post(`/approvals/${id}/approve`)
  expect((await pay(line)).result).not.toBe(null)
  expect(line.received('LancarPagamento')).toBe(1)
})

test('approved and not executed is seen in health, metrics and the list', async () => {
  line = await openLine({ erp: 'omie' })
  const id = await ask(line)
  await ask(line, { payable_id: '2701019', amount: 4875.6, reference: 'PG-2' })
  await deskOf(line, 'u90').post(`/approvals/${id}/approve`)
  const health = async (): Promise<unknown> => (await fetch(new URL('/health', line.alcada.ops))).json()
  const wanted = { pending: 1, approved_not_executed: 1 }
  for (;;) {
    const told = JSON.stringify(await health())
    if (told.includes(JSON.stringify(wanted))) break
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const metrics = await (await fetch(new URL('/metrics', line.alcada.ops))).text()
  expect(metrics).toContain('alcada_approvals{state="approved",erp="omie"} 1')
  expect((await deskOf(line, 'u90').get('/approvals')).body).toMatchObject({
    approvals: [{ state: 'pending' }, { id, state: 'approved' }],
  })
})

test('where the server makes the call, it is made once, as the original caller, without a repeat', async () => {
  line = await openLine({ erp: 'omie', edits: [serverRuns] })
  const id = await ask(line)
  await deskOf(line, 'u90').post(`/approvals/${id}/approve`)
  expect(await becomes(id, 'used')).toMatchObject({ entry: expect.stringMatching(/^omie-\d{9}$/) })
  const repeated = await pay(line)
  expect(repeated.result?.alcada.replayed).toBe(true)
  expect(line.received('LancarPagamento')).toBe(1)
  const opened = line.alcada.ledger().find(({ event }) => event.kind === 'opened' && event.purpose === 'call')
  expect(opened?.event).toMatchObject({ approval: id, input: { caller: { id: 'agent-1', person: 'u17' } } })
})

test('a call that the server may not make any more ends, and the agent hears why', async () => {
  line = await openLine({ erp: 'omie', edits: [serverRuns] })
  const id = await ask(line)
  line.alcada.project.replace(RBAC, `${SETTLE}\n${LAST}`, SETTLE.replace(/\n.*$/, ''))
  await line.alcada.publish()
  await deskOf(line, 'u90').post(`/approvals/${id}/approve`)
  expect(await becomes(id, 'void')).toMatchObject({ reason: 'the call was not made: amount_above_alcada' })
  expect(line.received('LancarPagamento')).toBe(0)
})

test('a request outlives the process, and is still used once', async () => {
  line = await openLine({ erp: 'omie' })
  const id = await ask(line)
  await deskOf(line, 'u90').post(`/approvals/${id}/approve`)
  await line.alcada.restart({ hard: true })
  expect(await state(id)).toMatchObject({ state: 'approved' })
})
