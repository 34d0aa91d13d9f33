import { expect, test } from 'vitest'
import { openState } from '../../../servers/state/state.ts'
import { stateFolder } from '../../helpers/state/databases.ts'
import { call, SMALL, WEDNESDAY } from './world.ts'
import { operator, useWorlds } from './worlds.ts'

const { start } = useWorlds()

test('when the disk of the ledger is nearly full a payment is refused before the ERP hears of it, and reads go on', async () => {
  const options = { path: stateFolder(), erp: 'omie', now: () => WEDNESDAY }
  const state = await openState({ ...options, diskUsed: async () => 0.95 })
  const world = await start({ state })
  expect(await call(world, operator, 'create_payment', SMALL)).toMatchObject({
    refusal: { error: { code: 'disk_full' }, alcada: { retry: 'after', retry_after_s: 60 } },
  })
  expect(world.reached()).not.toContain('LancarPagamento')
  expect((await call(world, operator, 'get_vendors_list', {})).kind).toBe('result')
  const events = (await state.entries(1, 100)).map(({ event }) => event)
  expect(events).toContainEqual(expect.objectContaining({ kind: 'recorded', what: 'refused', code: 'disk_full' }))
  await state.stop()
})
