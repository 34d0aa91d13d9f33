import { expect, test } from 'vitest'
import type { CallAnswer } from '../../../servers/request/call.ts'
import { call, identity, SMALL, type World } from './world.ts'
import { operator, useWorlds, viewer } from './worlds.ts'

const { start } = useWorlds()

/** R$ 1.000,00 are open and R$ 0,01 of interest comes on top: one approver. */
const ABOVE = { ...SMALL, payable_id: '2701002', amount: 1000, interest: 0.01, reference: 'PG-9' }
const APPROVER = { by: 'u90', person: 'u90', roles: ['approver'] }

function refusalIn(answer: CallAnswer): { code: string; retry: string; id: string; entry: string | null } {
  if (answer.kind !== 'refusal') throw new Error(JSON.stringify(answer))
  const { error, alcada } = answer.refusal
  return { code: error.code, retry: alcada.retry, id: alcada.approval?.id ?? '', entry: alcada.entry }
}

async function asked(world: World, args: object = ABOVE): Promise<string> {
  return refusalIn(await call(world, operator, 'create_payment', args)).id
}

async function approve(world: World, id: string, approver: typeof APPROVER = APPROVER): Promise<unknown> {
  const { by, person, roles } = approver
  const who = { id: by, person, kind: 'human' as const, roles, company: null, token_age_s: 1 }
  return world.state.approvals.decide(id, approver, who, { kind: 'approve' })
}

function paid(world: World): number {
  return world.reached().filter((operation) => operation === 'LancarPagamento').length
}

test('a call above the alçada is answered with its request, until when it stands, and how to go on', async () => {
  const world = await start()
  const answer = await call(world, operator, 'create_payment', ABOVE)
  const told = answer.kind === 'refusal' ? answer.refusal : null
  expect(told?.error).toMatchObject({ code: 'approval_required' })
  expect(told?.error.message).toContain('once it is approved, repeat the same call')
  expect(told?.alcada).toMatchObject({ retry: 'when_approved', approval: { count: 1, roles: ['approver'] } })
  expect(told?.alcada.approval?.expires).toMatch(/^2026-11-26T13:00:00/)
})

test('the same call again finds the same request, and nothing is done', async () => {
  const world = await start()
  const first = await asked(world)
  world.advance(61_000)
  expect(await asked(world)).toBe(first)
  expect(await world.state.approvals.list(0)).toHaveLength(1)
  expect(paid(world)).toBe(0)
})

test('approved, the repeated call is made once, and its entry names who approved', async () => {
  const world = await start()
  const id = await asked(world)
  await approve(world, id)
  world.advance(61_000)
  const answer = await call(world, operator, 'create_payment', ABOVE)
  expect(answer.kind).toBe('result')
  expect(paid(world)).toBe(1)
  const opened = (await world.ledger()).find((event) => event.kind === 'opened' && event.purpose === 'call')
  expect(opened).toMatchObject({
    approval: id,
    decision: { effect: 'allow' },
    input: { approvals: [{ by: 'u90', person: 'u90', roles: ['approver'] }] },
  })
  expect(await world.state.approvals.get(id)).toMatchObject({ state: 'used', entry: opened?.entry })
})

test('five parallel repeats of an approved payment pay once, and all get its answer', async () => {
  const world = await start()
  await approve(world, await asked(world))
  world.advance(61_000)
  const answers = await Promise.all(Array.from({ length: 5 }, () => call(world, operator, 'create_payment', ABOVE)))
  expect(answers.map(({ kind }) => kind)).toEqual(['result', 'result', 'result', 'result', 'result'])
  expect(paid(world)).toBe(1)
  expect(await world.state.approvals.list(0)).toHaveLength(1)
})

test('an approval of one call approves no other', async () => {
  const world = await start()
  await approve(world, await asked(world))
  world.advance(61_000)
  const other = await call(world, operator, 'create_payment', { ...ABOVE, interest: 0.02 })
  expect(refusalIn(other)).toMatchObject({ code: 'approval_required' })
  const anothers = await call(
    world,
    { ...operator, caller: { ...operator.caller, id: 'agent-2' } },
    'create_payment',
    ABOVE,
  )
  expect(refusalIn(anothers).code).toBe('approval_required')
  expect(paid(world)).toBe(0)
})

test('when the record is another one than was approved, the approval is void and it is asked for anew', async () => {
  const world = await start()
  const id = await asked(world)
  await approve(world, id)
  world.advance(61_000)
  // Somebody pays a part of it in the ERP's own screen.
  const part = { ...SMALL, payable_id: '2701002', amount: 0.5, reference: 'PG-10' }
  expect((await call(world, operator, 'create_payment', part)).kind).toBe('result')
  world.advance(61_000)
  const again = refusalIn(await call(world, operator, 'create_payment', { ...ABOVE, amount: 999.5, interest: 0.6 }))
  expect(again.code).toBe('approval_required')
  expect(again.id).not.toBe(id)
})

test('an approval that has run out counts no more', async () => {
  const world = await start()
  const id = await asked(world)
  await approve(world, id)
  world.advance(86_400_000)
  const again = refusalIn(await call(world, operator, 'create_payment', ABOVE))
  expect(again).toMatchObject({ code: 'approval_required' })
  expect(again.id).not.toBe(id)
})

test('a rejection and its reason reach the agent, and the call is not asked for again', async () => {
  const world = await start()
  const id = await asked(world)
  const who = { id: 'u90', person: 'u90', kind: 'human' as const, roles: ['approver'], company: null, token_age_s: 1 }
  await world.state.approvals.decide(id, APPROVER, who, { kind: 'reject', reason: 'pago em dobro' })
  world.advance(61_000)
  const answer = await call(world, operator, 'create_payment', ABOVE)
  expect(refusalIn(answer)).toMatchObject({ code: 'approval_rejected', retry: 'never', id })
  expect(answer).toMatchObject({
    refusal: { error: { message: 'an approver has refused this call: pago em dobro' } },
  })
})

test('of one person who approves twice at once, one approval counts', async () => {
  const world = await start()
  const id = await asked(world)
  const [first, second] = await Promise.all([approve(world, id), approve(world, id)])
  expect([first, second]).toMatchObject([{ kind: 'decided' }, { kind: 'refused', code: 'approval_twice' }])
})

test('the arguments are sealed while they wait, and gone afterwards', async () => {
  const world = await start()
  const id = await asked(world)
  const looked = await world.state.approvals.view(id, null)
  expect(looked).toMatchObject({ args: ABOVE, identity: { caller: { id: 'agent-1' }, companies: ['12345678000195'] } })
  expect((await world.ledger()).at(-1)).toMatchObject({ what: 'approval_viewed', approval: { id } })
  await approve(world, id)
  world.advance(61_000)
  await call(world, operator, 'create_payment', ABOVE)
  expect(await world.state.approvals.view(id, null)).toBe(null)
})

test('an agent asks what became of its own request, and of no other', async () => {
  const world = await start()
  const id = await asked(world)
  expect(await call(world, operator, 'get_approval_by_id', { id })).toMatchObject({
    result: { data: { id, state: 'pending', tool: 'create_payment', count: 1, given: 0, reason: null, entry: null } },
  })
  const other = { ...operator, caller: { ...operator.caller, id: 'agent-2' } }
  expect(await call(world, other, 'get_approval_by_id', { id })).toMatchObject({
    refusal: { error: { code: 'approval_unknown' } },
  })
  expect(await call(world, viewer, 'get_approval_by_id', { id })).toMatchObject({ kind: 'unknown_tool' })
})

test('who waits hears of the approval at once', async () => {
  const world = await start()
  const id = await asked(world)
  const waiting = call(world, operator, 'get_approval_by_id', { id, wait_s: 25 })
  await approve(world, id)
  expect(await waiting).toMatchObject({
    result: { data: { state: 'approved', given: 1, next: 'repeat the same call, unchanged' } },
  })
})

test('a dry run asks nobody', async () => {
  const world = await start()
  const answer = await call(world, operator, 'create_payment', ABOVE, { dryRun: true })
  expect(refusalIn(answer)).toMatchObject({ code: 'approval_required', id: '' })
  expect(await world.state.approvals.list(0)).toEqual([])
})

test('every agent that may write is offered the tool, and nobody else', async () => {
  const world = await start()
  const names = (who: typeof operator): string[] => world.handler.list(who).map(({ name }) => name)
  expect(names(operator)).toContain('get_approval_by_id')
  expect(names(viewer)).not.toContain('get_approval_by_id')
  expect(names(identity('approver'))).toEqual([])
})
