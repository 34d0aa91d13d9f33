import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { RecordedEvent } from '../../../engine/contract/ledger.ts'
import { openState, type State } from '../../../servers/state/state.ts'
import { callerBudgets } from '../../../servers/wiring/caller-budgets.ts'
import { inOneMinute } from '../../helpers/one-minute.ts'
import { type Database, databases, type Place, stateFolder } from '../../helpers/state/databases.ts'

type Budgets = ReturnType<typeof callerBudgets>

const caller = (id: string) => ({
  id,
  person: 'u17',
  kind: 'agent' as const,
  roles: [],
  company: null,
  token_age_s: 60,
})

describe.each(databases)('budgets of callers in $name', ({ name, missing, start }) => {
  describe.skipIf(missing !== null)(`with ${name}`, () => {
    let database: Database
    const states: State[] = []
    const running: Budgets[] = []
    beforeAll(async () => {
      database = await start()
    })
    afterEach(async () => {
      for (const budgets of running.splice(0)) await budgets.stop()
      for (const state of states.splice(0)) await state.stop()
    })
    afterAll(() => database.stop())

    async function stateAt(place: Place, replica = 'a', maskKeyFile: string | null = null): Promise<State> {
      const state = await openState({ ...place, erp: 'omie', replica, now: Date.now, maskKeyFile })
      states.push(state)
      return state
    }
    function over(state: State): { budgets: Budgets; refused: { count: number } } {
      const refused = { count: 0 }
      const onRefused = (): void => void refused.count++
      const onError = (error: Error): never => {
        throw error
      }
      const budgets = callerBudgets({ state, now: Date.now, onRefused, onError })
      running.push(budgets)
      return { budgets, refused }
    }
    const asks = (budgets: Budgets, id: string, count: number, max = 10) =>
      Promise.all(
        Array.from({ length: count }, () => budgets.spend({ caller: caller(id), of: 'calls', max, tool: 'get_x' })),
      )
    const within = (told: readonly unknown[]): number => told.filter((one) => one === null).length

    test('as many calls as declared, then come again when the minute is over; others are not affected', async () => {
      const { budgets, refused } = over(await stateAt(await database.fresh()))
      const told = await inOneMinute(async (attempt) => {
        const mine = await asks(budgets, `a${attempt}`, 30)
        return { mine, others: await asks(budgets, `b${attempt}`, 10) }
      })
      expect([within(told.mine), within(told.others)]).toEqual([10, 10])
      expect(refused.count).toBeGreaterThanOrEqual(20)
      const wait = told.mine.findLast((one) => one !== null)?.retryAfterS
      expect(wait).toBeGreaterThanOrEqual(1)
      expect(wait).toBeLessThanOrEqual(60)
    })

    test('calls and writes are counted apart', async () => {
      const { budgets } = over(await stateAt(await database.fresh()))
      const writes = await inOneMinute(async (attempt) => {
        await asks(budgets, `a${attempt}`, 10)
        return budgets.spend({ caller: caller(`a${attempt}`), of: 'writes', max: 1, tool: 'create_x' })
      })
      expect(writes).toBe(null)
    })

    test('a flood makes two entries, and every answer names the first', async () => {
      const state = await stateAt(await database.fresh())
      const { budgets } = over(state)
      const { told, id } = await inOneMinute(async (attempt) => ({
        told: await asks(budgets, `a${attempt}`, 500),
        id: `a${attempt}`,
      }))
      await budgets.stop()
      const events = (await state.entries(1, 10_000)).map(({ event }) => event)
      const mine = events.filter(
        (event): event is RecordedEvent => event.kind === 'recorded' && event.caller?.id === id,
      )
      expect(mine.map(({ what, code, count }) => [what, code, count])).toEqual([
        ['refused', 'caller_budget', 1],
        ['refused', 'caller_budget', 489],
      ])
      expect(new Set(told.flatMap((one) => one?.entry ?? []))).toEqual(new Set([mine[0]?.entry]))
    })

    test('a restart gives nothing back', async () => {
      const told = await inOneMinute(async () => {
        const place = await database.fresh()
        const before = await stateAt(place)
        const first = await asks(over(before).budgets, 'a', 10)
        await before.stop()
        return [...first, ...(await asks(over(await stateAt(place)).budgets, 'a', 10))]
      })
      expect(within(told)).toBe(10)
    })

    // SQLite is for one server alone.
    if (name === 'PostgreSQL') {
      test('two replicas together give no more than declared, and all of it', async () => {
        const place = await database.fresh()
        const a = over(await stateAt(place))
        const b = over(await stateAt({ ...place, path: stateFolder() }, 'b', join(place.path, 'mask.key')))
        const told = await inOneMinute(async (attempt) =>
          (await Promise.all([a, b].map(({ budgets }) => asks(budgets, `a${attempt}`, 80, 60)))).flat(),
        )
        expect(within(told)).toBe(60)
      })
    }
  })
})
