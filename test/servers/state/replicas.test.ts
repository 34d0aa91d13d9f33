import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openState, type State, type StateOptions } from '../../../servers/state/state.ts'
import { needs } from '../../helpers/needs.ts'
import { type Postgres, query, startPostgres } from '../../helpers/postgres.ts'
import { stateFolder } from '../../helpers/state/databases.ts'
import { asked, DONE, payment, WEDNESDAY } from './fixtures.ts'

describe.skipIf(needs('postgres').missing !== null)('replicas on one PostgreSQL', () => {
  let postgres: Postgres
  const opened: State[] = []
  beforeAll(async () => {
    postgres = await startPostgres()
  })
  afterAll(() => postgres.stop())
  afterEach(async () => {
    for (const state of opened.splice(0)) await state.stop()
  })

  async function start(databaseUrl: string, path: string, options: Partial<StateOptions> = {}): Promise<State> {
    const state = await openState({ path, erp: 'omie', now: () => WEDNESDAY, databaseUrl, ...options })
    opened.push(state)
    return state
  }

  async function two(options: Partial<StateOptions> = {}): Promise<{ url: string; a: State; b: State; key: string }> {
    const url = await postgres.database()
    const path = stateFolder()
    const key = join(path, 'mask.key')
    const a = await start(url, path, { replica: 'a', ...options })
    const b = await start(url, stateFolder(), { replica: 'b', maskKeyFile: key, ...options })
    return { url, a, b, key }
  }

  test('each writes a chain of its own that verifies', async () => {
    const { a, b } = await two()
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? a : b).open(payment({ reference: `${index}` }))),
    )
    expect(answers[0]).toEqual({ kind: 'opened', entry: 'omie-a-000000001' })
    expect(answers[39]).toEqual({ kind: 'opened', entry: 'omie-b-000000020' })
    expect(await a.verify()).toMatchObject({ ok: true, rows: 20 })
    expect(await b.verify()).toMatchObject({ ok: true, rows: 20 })
  })

  test('of decisions on the same history, made by both, only one can commit', async () => {
    const { a, b } = await two()
    const { seen } = await a.history(asked())
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? a : b).open({ ...payment({ reference: `${index}` }), seen }),
      ),
    )
    expect(answers.filter(({ kind }) => kind === 'opened')).toHaveLength(1)
    expect(answers.filter(({ kind }) => kind === 'moved')).toHaveLength(19)
    expect((await b.history(asked())).history.settled_today).toBe(90_000)
  })

  test('of the same payment made through both, one is opened and the others are its repeats', async () => {
    const { a, b } = await two()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? a : b).open(payment())),
    )
    expect(answers.filter(({ kind }) => kind === 'opened')).toHaveLength(1)
    expect(answers.filter((answer) => answer.kind === 'repeat' && answer.repeat.state === 'running')).toHaveLength(19)
  })

  test('what one runs is running for the other, and done with its result when it is closed', async () => {
    const { a, b } = await two()
    await a.open(payment())
    expect(await b.unknownOutcomes()).toEqual([])
    expect(await b.open(payment())).toEqual({ kind: 'repeat', repeat: { state: 'running', entry: 'omie-a-000000001' } })
    await a.close('omie-a-000000001', DONE)
    expect(await b.open(payment())).toEqual({
      kind: 'repeat',
      repeat: { state: 'done', entry: 'omie-a-000000001', result: null },
    })
  })

  test('what a replica that is gone had open is unknown once its lease has ended, not before', async () => {
    const { url, a, b } = await two()
    await a.open(payment({ reference: 'A' }))
    await b.open(payment({ reference: 'B' }))
    // As if its process had been killed: it says no more that it lives.
    await query(url, "UPDATE erp_omie.instances SET until_ms = 0 WHERE replica = 'a'")
    const entries = (await b.unknownOutcomes()).map(({ entry }) => entry)
    expect(entries).toEqual(['omie-a-000000001'])
    expect(await b.open(payment({ reference: 'A' }))).toEqual({
      kind: 'repeat',
      repeat: { state: 'unknown', entry: 'omie-a-000000001' },
    })
  })

  test('a replica says that it lives for as long as it does', async () => {
    const { a, b } = await two({ leaseMs: 400 })
    await a.open(payment())
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(await b.unknownOutcomes()).toEqual([])
  })

  test('a replica with another key of tokens is refused: its digests would miss every repeat', async () => {
    const { url } = await two()
    await expect(start(url, stateFolder(), { replica: 'c' })).rejects.toThrow('ALCADA_MASK_KEY_FILE')
  })

  test('the table takes no change, no removal and no gap', async () => {
    const { url, a } = await two()
    await a.open(payment())
    for (const text of [
      'UPDATE erp_omie.ledger SET at_ms = 0',
      'DELETE FROM erp_omie.ledger',
      'TRUNCATE erp_omie.ledger',
      "INSERT INTO erp_omie.ledger (replica, seq, at_ms, prev, hash, event) VALUES ('a', 3, 0, '', '', '{}')",
    ]) {
      await expect(query(url, text)).rejects.toThrow('the ledger is append-only')
    }
  })

  test('two ERPs in one database see nothing of each other', async () => {
    const { url, a } = await two()
    const other = await start(url, stateFolder(), { erp: 'nibo' })
    await a.open(payment())
    expect(await other.entries(1, 10)).toEqual([])
    expect(await other.open(payment())).toEqual({ kind: 'opened', entry: 'nibo-000000001' })
  })

  test('when the database crashes nothing opens, and it recovers by itself without losing an entry', async () => {
    const health: boolean[] = []
    const url = await postgres.database()
    const state = await start(url, stateFolder(), { onHealth: (ready) => health.push(ready) })
    await state.open(payment({ reference: 'before' }))
    await postgres.crash()
    await expect(state.open(payment({ reference: 'during' }))).rejects.toMatchObject({ code: 'ledger_unavailable' })
    await expect(state.close('omie-000000001', DONE)).rejects.toMatchObject({ code: 'ledger_unavailable' })
    expect(state.ready()).toBe(false)
    await postgres.start()
    while (!state.ready()) await new Promise((resolve) => setTimeout(resolve, 20))
    expect((await state.unknownOutcomes()).map(({ entry }) => entry)).toEqual(['omie-000000001'])
    expect(await state.open(payment({ reference: 'after' }))).toEqual({ kind: 'opened', entry: 'omie-000000002' })
    expect(health).toEqual([true, false, true])
  })
})
