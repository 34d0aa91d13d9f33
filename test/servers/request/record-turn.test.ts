import { expect, test } from 'vitest'
import type { Opened } from '../../../servers/state/ledger-words.ts'
import type { OpenedEntry } from '../../../servers/state/state.ts'
import { call, SMALL, type World } from './world.ts'
import { operator, useWorlds } from './worlds.ts'

const { start } = useWorlds()

/** As if another replica had a call on the same record: its entry is found where this one would be written. */
function holdRecord({ state }: World): { ends(): void } {
  const { open } = state
  let other: 'running' | 'ended' | 'known' = 'running'
  const beside = (entry: OpenedEntry): Promise<Opened> => {
    if (other === 'known' || (entry.records ?? []).length === 0) return open(entry)
    const running = other === 'running'
    // Once it is told of, the record is read again.
    if (!running) other = 'known'
    return Promise.resolve({ kind: 'record_changed', entry: 'omie-b-000000001', running })
  }
  Object.assign(state, { open: beside })
  return {
    ends: () => {
      other = 'ended'
    },
  }
}

test('while another replica changes the record the ERP is not asked again, and at the end of its time the call is refused', async () => {
  const world = await start({ deadlineMs: 1_500 })
  holdRecord(world)
  expect(await call(world, operator, 'create_payment', SMALL)).toMatchObject({
    refusal: { error: { code: 'record_busy' }, alcada: { retry: 'after' } },
  })
  expect(world.reached()).toEqual(['ConsultarContaPagar', 'ConsultarCliente'])
})

test('once the other has ended the record is read anew, whatever is remembered of it', async () => {
  const world = await start()
  const other = holdRecord(world)
  const paid = call(world, operator, 'create_payment', SMALL)
  while (world.reached().length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
  // Omie answers the same read once a minute.
  world.advance(61_000)
  other.ends()
  expect((await paid).kind).toBe('result')
  expect(world.reached().slice(0, 4)).toEqual([
    'ConsultarContaPagar',
    'ConsultarCliente',
    'ConsultarContaPagar',
    'ConsultarCliente',
  ])
  expect(world.reached().filter((operation) => operation === 'LancarPagamento')).toHaveLength(1)
})
