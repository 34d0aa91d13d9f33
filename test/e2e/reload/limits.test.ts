import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OpenedEvent, RecordedEvent } from '../../../engine/contract/ledger.ts'
import { verifyChain } from '../../../engine/contract/ledger.ts'
import { readLedger } from '../../../servers/state/read-ledger.ts'
import { connectCaller, type TestCaller, type Told } from '../../helpers/alcada/caller.ts'
import { copyProject, type TestProject } from '../../helpers/alcada/project.ts'
import { startUp, type Up } from '../../helpers/alcada/up.ts'
import { needs } from '../../helpers/needs.ts'

const RBAC = 'policies/tryton/rbac.yaml'
const CALLERS = 200
const EDITS = 10

interface Asked {
  amount: number
  /** The newest revision that `up` had told of before the call was made. */
  told: number
  answer: Told
}

describe.skipIf(needs('opa').missing !== null)('two hundred calls at a time while a limit changes ten times', () => {
  let project: TestProject
  let up: Up
  let operator: TestCaller
  const limits = new Map<number, number>([[1, 50_000]])
  const asked: Asked[] = []
  const failed: unknown[] = []

  beforeAll(async () => {
    project = copyProject('tryton')
    // A client may hold more connections than it has calls under way.
    up = await startUp(project.root, ['tryton'], { MAX_CONNECTIONS: String(CALLERS * 10) })
    const { mcp = '', tokens = {} } = up.erps['tryton'] ?? {}
    operator = await connectCaller(new URL(mcp), tokens['operator'] ?? '')

    let newest = 1
    let running = true
    let count = 0
    const callers = Array.from({ length: CALLERS }, async () => {
      while (running) {
        const [amount, told] = [1 + (count % 20) * 50, newest]
        count += 1
        const args = { reference: `R-${count}`, vendor_id: '3', account_id: '1', amount, date: '2026-12-01' }
        await operator.call('create_payment_draft', args).then(
          (answer) => asked.push({ amount, told, answer }),
          (error: unknown) => failed.push(error),
        )
      }
    })
    let before = 50_000
    for (let edit = 1; edit <= EDITS; edit += 1) {
      const limit = edit % 2 === 0 ? 900 - edit * 10 : 100 + edit * 10
      const from = `create:\n      - { up_to: ${before}.00,`
      project.replace(RBAC, from, `create:\n      - { up_to: ${limit}.00,`)
      limits.set(edit + 1, limit)
      before = limit
      await up.says(new RegExp(`tryton: revision ${edit + 1} is enforced`))
      newest = edit + 1
      // Under each limit some call is made and answered, however slow the machine is.
      await until(() => asked.some(({ told }) => told === newest))
    }
    // Every one of them asks once more, under the last limit.
    const enough = asked.length + CALLERS
    await until(() => asked.length + failed.length >= enough)
    running = false
    await Promise.all(callers)
  }, 300_000)
  afterAll(async () => {
    await operator?.close()
    await up?.stop()
    project?.remove()
  })

  test('no call fails: each is done, or waits for an approval', () => {
    expect(failed).toEqual([])
    const ends = asked.map(({ answer }) => (answer.kind === 'refusal' ? answer.error.code : answer.kind))
    expect([...new Set(ends)].sort()).toEqual(['approval_required', 'result'])
    expect(asked.length).toBeGreaterThan(CALLERS * 2)
  })

  test('each was decided by one revision, by the limit of that one', () => {
    const events = decisions(project.root)
    expect(events).toHaveLength(asked.length)
    for (const { input, decision, revision } of events) {
      const { amount } = input?.facts ?? {}
      const limit = limits.get(revision ?? 0)
      expect({ amount, limit, effect: decision?.effect }).toEqual({
        amount,
        limit,
        effect: (amount ?? 0) <= (limit ?? 0) * 100 ? 'allow' : 'require_approval',
      })
    }
    expect(new Set(events.map(({ revision }) => revision))).toEqual(new Set(limits.keys()))
  })

  test('a call that starts after a reload was told of is judged by the new limit, or a newer one', () => {
    const revisions = new Map(decisions(project.root).map(({ entry, revision }) => [entry, revision]))
    const late = asked.filter(({ answer, told }) => {
      if (answer.kind === 'protocol_error') return true
      return (revisions.get(answer.alcada.entry ?? '') ?? 0) < told
    })
    expect(late).toEqual([])
    expect(asked.filter(({ told }) => told === EDITS + 1).length).toBeGreaterThanOrEqual(CALLERS)
  })

  test('the ledger is whole, and nothing in it is left open', () => {
    const rows = readLedger(stateOf(project.root))
    expect(verifyChain(rows)).toMatchObject({ ok: true })
    const kinds = rows.map(({ event }) => event.kind)
    expect(kinds.filter((kind) => kind === 'opened').length).toBe(kinds.filter((kind) => kind === 'closed').length)
  })
})

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10))
}

function stateOf(root: string): string {
  return join(root, '.alcada', 'state', 'tryton')
}

/** Every decision on a call of an agent. */
function decisions(root: string): (OpenedEvent | RecordedEvent)[] {
  return readLedger(stateOf(root)).flatMap(({ event }) => {
    if (event.kind !== 'opened' && event.kind !== 'recorded') return []
    return event.input === null ? [] : [event]
  })
}
