import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { inOneMinute } from '../../helpers/one-minute.ts'

let line: Line
beforeAll(async () => {
  line = await openLine({
    erp: 'omie',
    free: true,
    // Omie itself must not turn anybody away here.
    standIn: { limitFactor: 1_000 },
    edits: [
      [
        'policies/omie/rbac.yaml',
        '  alcada:',
        `  budgets:
    operator: { calls_per_minute: 8, writes_per_minute: 2 }
    viewer: { calls_per_minute: 5 }
  callers:
    agent-busy: { person: u17, companies: ["12345678000195"], roles: [viewer], budget: { calls_per_minute: 12 } }
  alcada:`,
      ],
    ],
  })
})
afterAll(() => line.stop())

const codes = async (role: string | string[], tool: string, count: number, sub: string): Promise<string[]> => {
  const client = await line.connect(role, { sub })
  const answers = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      try {
        const answer = await client.callTool({ name: tool, arguments: argsOf(tool, index) })
        const content = Object(answer.structuredContent)
        return String(content.error?.code ?? 'done')
      } catch (error) {
        return String(Object(error).code)
      }
    }),
  )
  return answers.sort()
}
const argsOf = (tool: string, index: number): Record<string, unknown> =>
  tool === 'update_category' ? { id: '2.01.01', name: `Nova ${index}` } : {}
const times = (count: number, code: string): string[] => Array.from({ length: count }, () => code)

test('each caller has the budget of its role, and one that floods takes nothing from another', async () => {
  const told = await inOneMinute(async (attempt) => ({
    flood: await codes('viewer', 'get_categories_list', 50, `v1-${attempt}`),
    other: await codes('viewer', 'get_categories_list', 5, `v2-${attempt}`),
  }))
  expect(told.flood).toEqual([...times(45, 'caller_budget'), ...times(5, 'done')])
  expect(told.other).toEqual(times(5, 'done'))
})

test('one turned away is told when to come again, and the ERP was not asked', async () => {
  const answer = await inOneMinute(async (attempt) => {
    const sub = `v3-${attempt}`
    await codes('viewer', 'get_categories_list', 5, sub)
    return line.call('viewer', 'get_account_payable_by_id', { id: '2701001' }, { sub })
  })
  expect(answer.refusal).toMatchObject({
    error: { code: 'caller_budget', message: 'expected at most 5 calls a minute' },
    alcada: { retry: 'after' },
  })
  expect(answer.refusal?.alcada.retry_after_s).toBeLessThanOrEqual(60)
  expect(line.received('ConsultarContaPagar')).toBe(0)
})

test('writes have a budget of their own within it', async () => {
  const told = await inOneMinute(async (attempt) => ({
    writes: await codes('operator', 'update_category', 4, `o1-${attempt}`),
    reads: await codes('operator', 'get_categories_list', 5, `o1-${attempt}`),
  }))
  expect(told.writes).toEqual([...times(2, 'caller_budget'), ...times(2, 'done')])
  expect(told.reads).toEqual(['caller_budget', ...times(4, 'done')])
})

test('a budget of the agent stands in place of its role’s, of two roles the more generous counts', async () => {
  const busy = await inOneMinute(() => codes('viewer', 'get_categories_list', 14, 'agent-busy'))
  expect(busy.filter((code) => code === 'caller_budget').length).toBeGreaterThanOrEqual(2)
  expect(busy.filter((code) => code === 'done')).toHaveLength(12)
  const both = await inOneMinute((attempt) => codes(['viewer', 'operator'], 'get_categories_list', 10, `b-${attempt}`))
  expect(both).toEqual([...times(2, 'caller_budget'), ...times(8, 'done')])
})

test('who may not see a tool learns nothing of it by a budget that is used up', async () => {
  const told = await inOneMinute(async (attempt) => ({
    hidden: await codes('viewer', 'delete_category', 2, `h1-${attempt}`),
    missing: await codes('viewer', 'no_such_tool', 2, `h2-${attempt}`),
  }))
  expect(told.hidden).toEqual(told.missing)
})

test('hits are counted, and the ledger holds two entries a caller and minute', async () => {
  const metrics = await (await fetch(new URL('/metrics', line.alcada.ops))).text()
  const hits = /alcada_rate_limit_hits_total\{limit="caller",outcome="refused",erp="omie"\} (\d+)/.exec(metrics)?.[1]
  expect(Number(hits)).toBeGreaterThanOrEqual(50)
  const turned = line.alcada.ledger().filter(({ event }) => event.kind === 'recorded' && event.code === 'caller_budget')
  expect(turned.length).toBeLessThan(Number(hits) / 2)
})
