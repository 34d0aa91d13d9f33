import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { AlertNotification } from '../../../engine/contract/config-alerts.ts'
import type { AlertSeen } from '../../../servers/state/alert-words.ts'
import { openState, type State, type StateOptions } from '../../../servers/state/state.ts'
import { needs } from '../../helpers/needs.ts'
import { query } from '../../helpers/postgres.ts'
import { type Database, databases, stateFolder } from '../../helpers/state/databases.ts'
import { WEDNESDAY } from './fixtures.ts'

const MAIL: AlertNotification = { type: 'email', recipients: ['a@example.com'], severity: ['critical'] }
const SLACK: AlertNotification = { type: 'slack', webhook: 'secret:SLACK', severity: ['warning', 'critical'] }
const SEEN: AlertSeen = { code: 'error_rate', severity: 'critical', figure: '6%', for_s: 60 }

const opened: State[] = []
let now = WEDNESDAY

async function start(options: Partial<StateOptions> & Pick<StateOptions, 'path'>): Promise<State> {
  const state = await openState({ erp: 'omie', now: () => now, ...options })
  opened.push(state)
  return state
}

/** One judgement. @returns what was raised and what was resolved by it */
async function step(
  { alerts }: State,
  seen: AlertSeen[],
  { mayResolve = true, notifications = [MAIL, SLACK] } = {},
): Promise<[raised: string[], resolved: string[]]> {
  const { raised, resolved } = await alerts.step({ seen, mayResolve, notifications })
  return [raised.map(({ code }) => code), resolved.map(({ code }) => code)]
}

/** Takes what is to be told and says that it was. */
async function tell({ alerts }: State): Promise<string[]> {
  const claimed = await alerts.claim(60_000)
  for (const { id } of claimed) await alerts.told(id, { at: now })
  return claimed.map(({ kind, channel, alert }) => `${kind} ${alert.code} ${channel.type}`).sort()
}

describe.each(databases)('alerts in $name', ({ missing, start: open }) => {
  describe.skipIf(missing !== null)('', () => {
    let database: Database
    beforeAll(async () => {
      database = await open()
    })
    afterAll(() => database.stop())
    afterEach(async () => {
      for (const state of opened.splice(0)) await state.stop()
      now = WEDNESDAY
    })

    test('it is raised once it has lasted, told once to whom its severity is for, and its end to the same', async () => {
      const state = await start(await database.fresh())
      expect(await step(state, [SEEN])).toEqual([[], []])
      expect(await tell(state)).toEqual([])
      now += 59_999
      expect(await step(state, [SEEN])).toEqual([[], []])
      now += 1
      expect(await step(state, [SEEN])).toEqual([['error_rate'], []])
      expect(await tell(state)).toEqual(['raised error_rate email', 'raised error_rate slack'])
      now += 3_600_000
      expect(await step(state, [SEEN])).toEqual([[], []])
      expect(await tell(state)).toEqual([])
      // The policy names others by now: those who worry still hear of the end.
      expect(await step(state, [], { notifications: [] })).toEqual([[], ['error_rate']])
      expect(await tell(state)).toEqual(['resolved error_rate email', 'resolved error_rate slack'])
      expect(await step(state, [])).toEqual([[], []])
      expect(await state.alerts.list(10)).toMatchObject([
        { code: 'error_rate', since_ms: WEDNESDAY, raised_ms: WEDNESDAY + 60_000, resolved_ms: WEDNESDAY + 3_660_000 },
      ])
    })

    test('what ends before it has lasted is told to nobody, and has to last anew', async () => {
      const state = await start(await database.fresh())
      await step(state, [SEEN])
      now += 30_000
      expect(await step(state, [])).toEqual([[], []])
      now += 30_000
      expect(await step(state, [SEEN])).toEqual([[], []])
      expect(await state.alerts.list(10)).toEqual([])
    })

    test('a warning is not told to whom only what is critical is for', async () => {
      const state = await start(await database.fresh())
      await step(state, [{ ...SEEN, severity: 'warning', for_s: 0 }])
      expect(await tell(state)).toEqual(['raised error_rate slack'])
    })

    test('after a restart nothing is told again, and nothing is over before enough was counted to know', async () => {
      const place = await database.fresh()
      const before = await start(place)
      await step(before, [{ ...SEEN, for_s: 0 }])
      await tell(before)
      await before.stop()
      const after = await start(place)
      expect(await step(after, [{ ...SEEN, for_s: 0 }])).toEqual([[], []])
      expect(await step(after, [], { mayResolve: false })).toEqual([[], []])
      expect(await tell(after)).toEqual([])
      expect(await step(after, [])).toEqual([[], ['error_rate']])
      expect(await tell(after)).toEqual(['resolved error_rate email', 'resolved error_rate slack'])
    })

    test('that it is over is told once that it began has been, channel by channel', async () => {
      const state = await start(await database.fresh())
      await step(state, [{ ...SEEN, for_s: 0 }])
      await step(state, [])
      for (const { id, channel } of await state.alerts.claim(60_000)) {
        await state.alerts.told(id, channel.type === 'email' ? { at: now } : { next: now + 5_000 })
      }
      expect(await tell(state)).toEqual(['resolved error_rate email'])
      now += 5_000
      expect(await tell(state)).toEqual(['raised error_rate slack'])
      expect(await tell(state)).toEqual(['resolved error_rate slack'])
    })

    test('what was taken and not told is due again once its lease has ended', async () => {
      const state = await start(await database.fresh())
      await step(state, [{ ...SEEN, for_s: 0 }], { notifications: [MAIL] })
      expect(await state.alerts.claim(60_000)).toHaveLength(1)
      expect(await state.alerts.claim(60_000)).toHaveLength(0)
      now += 60_000
      expect(await tell(state)).toEqual(['raised error_rate email'])
    })
  })
})

describe.skipIf(needs('postgres').missing !== null)('alerts of two replicas', () => {
  let database: Database
  beforeAll(async () => {
    database = await (databases.find(({ name }) => name === 'PostgreSQL') ?? never()).start()
  })
  afterAll(() => database.stop())
  afterEach(async () => {
    for (const state of opened.splice(0)) await state.stop()
  })

  function never(): never {
    throw new Error('expected PostgreSQL')
  }

  test('one judges for both, by what both have counted; when it is gone the other does', async () => {
    const place = await database.fresh()
    const a = await start({ ...place, replica: 'a' })
    const b = await start({
      ...{ ...place, path: stateFolder(), replica: 'b' },
      maskKeyFile: join(place.path, 'mask.key'),
    })
    expect(await a.alerts.share('"a"')).toEqual({ leads: true, figures: ['"a"'] })
    const second = await b.alerts.share('"b"')
    expect([second.leads, second.figures.sort()]).toEqual([false, ['"a"', '"b"']])
    const seen = [{ ...SEEN, for_s: 0 }]
    const both = await Promise.all([step(a, seen), step(b, seen)])
    expect(both).toEqual([
      [['error_rate'], []],
      [[], []],
    ])
    expect([...(await tell(b)), ...(await tell(a))]).toEqual(['raised error_rate email', 'raised error_rate slack'])
    // As if its process had been killed: it says no more that it lives. Until it does, every few seconds.
    let heir = second
    while (!heir.leads) {
      await query(String(place.databaseUrl), "UPDATE erp_omie.instances SET until_ms = 0 WHERE replica = 'a'")
      heir = await b.alerts.share('"b"')
    }
    expect(heir).toEqual({ leads: true, figures: ['"b"'] })
    expect(await step(b, [])).toEqual([[], ['error_rate']])
    expect(await step(a, [{ ...SEEN, code: 'disk_space', for_s: 0 }])).toEqual([[], []])
  })
})
