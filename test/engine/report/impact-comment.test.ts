import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Decision } from '../../../engine/contract/decision.ts'
import type { DecisionInput } from '../../../engine/contract/decision-input.ts'
import type { Impact } from '../../../engine/contract/impact.ts'
import type { Outcome } from '../../../engine/contract/outcome.ts'
import type { LogLine } from '../../../engine/gitops/impact/log-lines.ts'
import { replay } from '../../../engine/gitops/impact/replay.ts'
import type { ReplaySide } from '../../../engine/gitops/impact/replay-side.ts'
import { impactText } from '../../../engine/report/impact.ts'
import { impactForComment } from '../../../engine/report/impact-comment.ts'
import { forgeCatalogue, forgeConfig, forgeInput } from '../../helpers/forge/content.ts'

const ALLOW: Decision = { effect: 'allow', reasons: [], approval: null, mask: [], permission: 'read', granted: true }

function side(outcome: ReplaySide['outcome']): ReplaySide {
  const config = forgeConfig()
  config.rbac.alcada = { read: [{ up_to: 100_000, currency: 'BRL', approvers: 0, roles: [] }] }
  return { described: { catalogue: forgeCatalogue('omie'), config }, outcome, seenBy: () => ['get_vendors_list'] }
}

const allow: Outcome = { effect: 'allow', masks: [] }

async function impactOf(inputs: readonly DecisionInput[], id = 'omie-1'): Promise<Impact> {
  const lines = async function* (): AsyncGenerator<LogLine> {
    for (const input of inputs) {
      const timestamp = '2026-11-25T13:07:09.123Z'
      yield { text: JSON.stringify({ path: 'omie/decision', decision_id: id, timestamp, input, result: ALLOW }) }
    }
  }
  // Each way a difference can go, by what was asked.
  const head = side(({ input: { facts } }) => {
    if (facts.filtered) return { reason: 'input_masked', where: '/args/document' }
    if (facts.bank_change) return { effect: 'require_approval', count: 1, roles: ['admin'], masks: [] }
    return { effect: 'deny', codes: ['outside_hours'] }
  })
  return replay(lines(), { erps: { omie: { base: side(() => allow), head } }, digest: 'sources' })
}

/** Marked, so that a value cannot be a word of the policies or of ours by chance. */
const secret = fc.string({ minLength: 1, maxLength: 20 }).map((text) => `§${text}§`)
const money = fc.integer({ min: 7_000_001, max: 9_999_999 })
const inputs = fc
  .record({
    args: fc.dictionary(secret, fc.oneof(secret, money, fc.array(secret, { maxLength: 2 })), { maxKeys: 4 }),
    facts: fc.record({
      counterparty: secret,
      cost_center: secret,
      idempotency_key: secret,
      currency: secret,
      amount: money,
      open_amount: money,
      bank_change: fc.boolean(),
      filtered: fc.boolean(),
    }),
    caller: fc.record({
      id: secret,
      person: secret,
      roles: fc.array(fc.oneof(secret, fc.constant('viewer')), { maxLength: 2 }),
    }),
    name: fc.oneof(fc.constant('get_vendors_list'), secret),
  })
  .map(({ args, facts, caller, name }): DecisionInput => {
    const input = forgeInput()
    return {
      ...input,
      args,
      tool: { ...input.tool, name },
      facts: { ...input.facts, ...facts },
      caller: { ...input.caller, ...caller },
    }
  })

function valuesIn(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [...(key.startsWith('§') ? [key] : []), ...valuesIn(inner)])
}

test('a comment holds no value out of a call, whatever was asked', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(inputs, { minLength: 1, maxLength: 5 }), secret, async (all, id) => {
      const text = JSON.stringify({ ...impactForComment(await impactOf(all, id)), digest: '' })
      expect(text).not.toContain('§')
      for (const { args, facts } of all) {
        for (const value of [...valuesIn(args), String(facts.amount), String(facts.open_amount)])
          expect(text).not.toContain(value)
      }
      expect(text).not.toContain('13:07')
    }),
    { numRuns: 200 },
  )
})

test('it says who, what, between which limits and why, and how much was looked at', async () => {
  const input = forgeInput()
  const facts = { ...input.facts, amount: 123_456 }
  const impact = await impactOf([
    { ...input, facts },
    { ...input, facts: { ...facts, filtered: true } },
  ])
  const { digest, ...comment } = impactForComment(impact)
  expect(digest).toMatch(/^[0-9a-f]{64}$/)
  expect(comment).toEqual({
    to_allow: [],
    to_deny: [
      {
        erp: 'omie',
        role: 'viewer',
        tool: 'get_vendors_list',
        band: 'above R$ 1.000,00',
        codes: ['outside_hours'],
        sentence: 'viewer, get_vendors_list on omie, above R$ 1.000,00: allowed → refused (outside_hours)',
        count: 1,
      },
    ],
    approvals: [],
    masks: [],
    not_replayed: [{ erp: 'omie', reason: 'input_masked', count: 1 }],
    drift: [],
    coverage: {
      decisions: 2,
      replayed: 1,
      repeated: 0,
      from: '2026-11-25',
      to: '2026-11-25',
      with_history: 0,
      erps: [{ erp: 'omie', pairs: 2, held: 1 }],
    },
  })
})

test('for people the examples are named, on lines of their own that no text of a log can break', async () => {
  const input = forgeInput()
  const text = impactText(await impactOf([{ ...input, caller: { ...input.caller, id: 'agent\u001b[31m\nother' } }]))
  expect(text).toContain(
    'Refused from now on:\n  viewer, get_vendors_list on omie: allowed → refused (outside_hours): 1 call\n',
  )
  expect(text).toContain('omie-1  agent\\u001b[31m\\u000aother for u17')
  expect(text).toContain('1 of 1 decisions replayed, 2026-11-25 to 2026-11-25\n')
})
