import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, databases } from '../../helpers/state/databases.ts'
import { aged, pay, RULES } from './aged.ts'
import { ALLOW, AURORA, paymentInput } from './fixtures.ts'

describe.each(databases.filter(({ missing }) => missing === null))('in $name', ({ start }) => {
  let database: Database
  beforeAll(async () => {
    database = await start()
  })
  afterAll(() => database.stop())

  test('what was written since a request for approval was made stays while it stands, and goes when it has ended', async () => {
    const world = await aged(await database.fresh())
    const { state } = world
    await pay(state, 'A')
    world.day = 2
    const input = paymentInput({ reference: 'B' })
    const { caller, tool, args, facts } = input
    const { request } = await state.approvals.ask({
      binding: {
        ...{
          caller,
          company: AURORA,
          tool: tool.name,
          catalogue: 'c',
          effect: tool.effect,
          permission: tool.permission,
        },
        ...{ args, facts },
      },
      asked: { count: 1, roles: ['approver'] },
      sealed: {
        ...{ args, resolved: {}, before: null },
        identity: { caller, companies: [AURORA], rolesClaimed: true, tokenId: null },
      },
      input,
      decision: { ...ALLOW, effect: 'require_approval' },
      expiresS: 86_400 * 1_000,
      substitutes: {},
      ...{ request: 'r1', revision: 7, bundle: 'b' },
    })
    await pay(state, 'C')
    world.day = 200
    expect(await state.archive(RULES)).toMatchObject({ segments: 1 })
    expect((await state.entries(1, 1))[0]?.seq).toBe(3)
    await state.approvals.end(request.id, 'not needed any more')
    expect(await state.archive(RULES)).toMatchObject({ segments: 1 })
    expect((await state.entries(1, 1))[0]?.event).toMatchObject({ what: 'ledger_archived' })
    await state.stop()
  })
})
