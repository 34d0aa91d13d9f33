import { afterEach, beforeAll, expect, inject, test } from 'vitest'
import { stopsOf } from '../../../engine/contract/overlay.ts'
import type { ActivePolicy } from '../../../servers/policy/status.ts'
import type { RequestDeps } from '../../../servers/request/deps.ts'
import type { Stop } from '../../../servers/request/stopped.ts'
import { AURORA, call, identity, omiePolicy, SMALL, startWorld, WEDNESDAY, type World } from './world.ts'

let active: ActivePolicy
beforeAll(async () => {
  active = await omiePolicy(inject('compiler'))
})

let world: World
let stops: Stop[]
afterEach(() => world.close())

async function start(changes: Partial<RequestDeps> = {}): Promise<World> {
  stops = []
  world = await startWorld(active, { stops: () => stops, ...changes })
  return world
}

function stop(some: Parameters<typeof stopsOf>[0]): Stop {
  return { code: 'revoked', stops: stopsOf(some), within: null, reason: 'incidente', until_ms: WEDNESDAY + 3_600_000 }
}

const operator = identity('operator')
const codeOf = async (tool: string, args: unknown, who = operator): Promise<string> => {
  const answer = await call(world, who, tool, args)
  return answer.kind === 'refusal' ? answer.refusal.error.code : answer.kind
}

test('a call whose entry is written goes on, and the next one is stopped', async () => {
  const { state } = await start()
  const open: RequestDeps['state']['open'] = async (entry) => {
    const opened = await state.open(entry)
    if (entry.purpose === 'call') stops = [stop({ all: true })]
    return opened
  }
  const other = await startWorld(active, { stops: () => stops, state: { ...state, open } })
  expect((await call(other, operator, 'create_payment', SMALL)).kind).toBe('result')
  expect(other.reached()).toContain('LancarPagamento')
  const next = await call(other, operator, 'get_vendors_list', {})
  expect(next.kind === 'refusal' && next.refusal.error.code).toBe('revoked')
  await other.close()
})

test('what is stopped while records are read is not done', async () => {
  await start()
  const { state } = world
  const history: RequestDeps['state']['history'] = (ask) => {
    stops = [stop({ callers: ['agent-1'] })]
    return state.history(ask)
  }
  const other = await startWorld(active, { stops: () => stops, state: { ...state, history } })
  const answer = await call(other, operator, 'create_payment', SMALL)
  expect(answer.kind === 'refusal' && answer.refusal.error.code).toBe('revoked')
  expect(other.reached()).not.toContain('LancarPagamento')
  await other.close()
})

test('a stop speaks before a policy that is not there', async () => {
  await start({ current: () => null })
  expect(await codeOf('get_vendors_list', {})).toBe('policy_unavailable')
  stops = [stop({ persons: ['u17'] })]
  expect(await codeOf('get_vendors_list', {})).toBe('revoked')
})

test('whoever claims no role is stopped with the default role', async () => {
  await start()
  stops = [stop({ roles: ['readonly'] })]
  expect(await codeOf('get_vendors_list', {}, identity(null))).toBe('revoked')
  expect(await codeOf('get_vendors_list', {})).toBe('result')
})

test('a stopped company, effect or tool stops no more than that, and hides no hidden tool less', async () => {
  await start()
  stops = [stop({ companies: [AURORA] })]
  expect(await codeOf('get_vendors_list', {})).toBe('revoked')
  stops = [stop({ effects: ['settle'] })]
  expect(await codeOf('create_payment', SMALL)).toBe('revoked')
  expect(await codeOf('get_vendors_list', {})).toBe('result')
  expect(world.handler.list(operator).map(({ name }) => name)).not.toContain('create_payment')
  stops = [stop({ tools: ['create_payment'] })]
  expect(await codeOf('create_payment', SMALL, identity('viewer'))).toBe('unknown_tool')
  expect(world.reached()).not.toContain('LancarPagamento')
})
