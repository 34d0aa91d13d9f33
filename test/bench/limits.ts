import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLimiter } from '../../servers/erp/limiter.ts'
import { openState, type State } from '../../servers/state/state.ts'
import { callerBudgets } from '../../servers/wiring/caller-budgets.ts'
import { needs } from '../helpers/needs.ts'
import { startPostgres } from '../helpers/postgres.ts'
import { type Figure, median, times } from './figures.ts'

const CALLS = 1_000
const RULES = [
  { key: ['ip'], max: 1_000_000, perMs: 60_000, onHit: 'wait' },
  { key: ['credential', 'operation'], max: 1_000_000, perMs: 60_000, concurrency: 4, onHit: 'wait' },
  { key: ['credential', 'operation'], errors: 6, perMs: 1_800_000, onHit: 'circuit' },
] as const
const CALLER = { id: 'agent-1', person: 'u17', kind: 'agent', roles: [], company: null, token_age_s: 60 } as const

/** What the limits of the ERP and the budget of the caller add to one call that waits for nobody, with the database and without. */
export async function limits(): Promise<Figure[]> {
  const figures = await on(null, 'SQLite')
  if (needs('postgres').missing !== null) return figures
  const postgres = await startPostgres({ durable: true })
  figures.push(...(await on(await postgres.database(), 'PostgreSQL')))
  await postgres.stop()
  return figures
}

async function on(databaseUrl: string | null, name: string): Promise<Figure[]> {
  const path = mkdtempSync(join(tmpdir(), 'alcada-bench-'))
  const state = await openState({ path, erp: 'omie', now: Date.now, databaseUrl })
  const [shared, alone] = [await turn(state), await turn(null)]
  const budget = await spending(state)
  await state.stop()
  rmSync(path, { recursive: true, force: true })
  return [
    {
      what: `a turn under Omie's limits, kept in ${name}`,
      ours: words(shared),
      peer: `in memory ${words(alone)}`,
      ratio: `${times(shared, alone)} the time`,
    },
    {
      what: `a call out of its caller's budget, kept in ${name}`,
      ours: words(budget),
      peer: 'no budget 0 us',
      ratio: null,
    },
  ]
}

async function turn(state: State | null): Promise<number> {
  const rules = RULES.map((rule) => ({ ...rule, key: [...rule.key] }))
  const shared = state?.limits ?? null
  const limiter = openLimiter({ rules, now: Date.now, maxWaitMs: 1_000, maxWaiting: 10, shared })
  const took = await each((index) => {
    const call = { company: '1', operation: 'ConsultarCliente', digest: String(index), read: true }
    return limiter.run(call, undefined, async () => undefined)
  })
  limiter.close()
  return took
}

async function spending(state: State): Promise<number> {
  const budgets = callerBudgets({ state, now: Date.now, onRefused: () => undefined, onError: () => undefined })
  return each(() => budgets.spend({ caller: { ...CALLER, roles: [] }, of: 'calls', max: 1_000_000, tool: 'get_x' }))
}

/** Microseconds, the median. */
async function each(one: (index: number) => Promise<unknown>): Promise<number> {
  const took: number[] = []
  for (let index = 0; index < CALLS; index += 1) {
    const from = performance.now()
    await one(index)
    took.push((performance.now() - from) * 1_000)
  }
  return median(took)
}

function words(us: number): string {
  return `${us.toFixed(us < 10 ? 1 : 0)} us`
}
