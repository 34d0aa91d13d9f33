import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { treeSources } from '../../../engine/gitops/explain/bundle-sources.ts'
import { type Explanation, explain } from '../../../engine/gitops/explain/explain.ts'
import { loadTree } from '../../../engine/load/load.ts'
import type { Because } from '../../../engine/report/explain.ts'
import { validateTree } from '../../../engine/validate/validate.ts'
import { copyAsWritten, type TestProject } from '../../helpers/alcada/project.ts'
import { needs } from '../../helpers/needs.ts'
import { type EventSource, eventsOf } from './impact/log.ts'

const opa = needs('opa')

describe.skipIf(opa.missing !== null)('why a decision came out as it did', () => {
  let project: TestProject
  let events: EventSource
  beforeAll(async () => {
    project = copyAsWritten('omie')
    events = await eventsOf(project.root)
  })
  afterAll(() => project.remove())

  async function explained(as: string[], tool: string, changes: Record<string, unknown> = {}): Promise<Explanation> {
    const omie = validateTree((await loadTree(project.root, ['omie'])).tree).erps['omie']
    if (omie === undefined) throw new Error('expected valid policies')
    return explain(treeSources(omie), events.input(as, tool, changes), inject('compiler'))
  }
  /** Where each chain of reasons ends, as `text  values`. */
  function ends(list: readonly Because[]): string[] {
    return list.flatMap(({ because, condition }) =>
      because.length > 0
        ? ends(because)
        : [
            `${condition?.text}  ${condition?.values.map(({ at, value }) => `${at}=${JSON.stringify(value)}`).join(' ')}`,
          ],
    )
  }
  const lineOf = (path: string, text: string): number =>
    project
      .read(path)
      .split('\n')
      .findIndex((line) => line.includes(text)) + 1

  test('a refusal names the line of its rule and the condition that failed, with both values', async () => {
    const { decision, reasons, passed } = await explained(['operator'], 'create_payment', { '/time/hour': 19 })
    expect(decision.effect).toBe('deny')
    expect(reasons.map(({ code }) => code)).toEqual(['outside_hours'])
    const [reason] = reasons
    expect(reason?.rule).toEqual({
      name: 'shared.hours.deny',
      file: 'policies/shared/hours.rego',
      line: lineOf('policies/shared/hours.rego', 'deny["outside_hours"]'),
    })
    expect(ends(reason?.because ?? [])).toContain(
      'input.time.hour < guard.until  input.time.hour=19 data.shared.hours.guard.until=18',
    )
    expect(passed).toContain('amount_above_open')
    expect(passed).not.toContain('outside_hours')
  })

  test('of two reasons each has its own rule, and a chain ends where the data is', async () => {
    const { reasons } = await explained(['viewer'], 'create_payment', { '/args/amount': 900.01 })
    expect(reasons.map(({ code, rule }) => [code, rule?.file])).toEqual([
      ['amount_above_open', 'policies/shared/alcada.rego'],
      ['permission_missing', 'policies/shared/access.rego'],
    ])
    expect(ends(reasons[0]?.because ?? [])).toContain(
      'within_open if input.facts.amount <= input.facts.open_amount  input.facts.amount=90001 input.facts.open_amount=90000',
    )
  })

  test('a call that waits says which consent is missing, and an allowed one that none is', async () => {
    const open = { '/resolved/payable/open_amount': 900000 }
    const waits = await explained(['operator'], 'create_payment', { ...open, '/args/amount': 1000.01 })
    expect(waits.decision).toMatchObject({ effect: 'require_approval', approval: { count: 1 } })
    expect(ends(waits.approval)).toContain(
      'amount_approved if alcada.band.approvers == 0  data.shared.alcada.band.approvers=1',
    )
    const allowed = await explained(['operator'], 'create_payment', { ...open, '/args/amount': 1000 })
    expect(allowed).toMatchObject({
      reasons: [],
      approval: [],
      decision: { effect: 'allow', granted_by: ['operator'] },
    })
    expect(allowed.allowed[0]).toMatchObject({ rule: 'shared.approval.complete', held: true, condition: null })
    expect(allowed.allowed).toContainEqual(
      expect.objectContaining({
        rule: 'shared.approval.amount_approved',
        line: lineOf('policies/shared/approval.rego', 'amount_approved if alcada.band.approvers == 0'),
      }),
    )
  })

  test('a rule of one’s own is explained like those of the library, also one that fails because another holds', async () => {
    project.write(
      'policies/omie/own.rego',
      `# METADATA\n# title: A rule of our own\npackage omie.own\n\ndeny["vendor_blocked"] := "no more orders there" if not vendor_free\n\nvendor_free if not blocked\n\nblocked if input.facts.counterparty in {"v-1", "v-2"}\n`,
    )
    project.replace(
      'policies/omie/rbac.rego',
      'access.deny, registration.deny',
      'access.deny, own.deny, registration.deny',
    )
    project.replace(
      'policies/omie/rbac.rego',
      'import data.shared.access\n',
      'import data.omie.own\nimport data.shared.access\n',
    )
    const { reasons } = await explained(['operator'], 'create_payment', { '/resolved/payable/vendor_id': 'v-2' })
    expect(reasons).toMatchObject([
      {
        code: 'vendor_blocked',
        rule: { name: 'omie.own.deny', file: 'policies/omie/own.rego', line: 5 },
        because: [
          {
            rule: 'omie.own.vendor_free',
            line: 7,
            condition: { text: 'vendor_free if not blocked' },
            because: [{ rule: 'omie.own.blocked', line: 9, held: true, condition: null }],
          },
        ],
      },
    ])
  })

  test('tokens in place of values are named', async () => {
    const { masked } = await explained(['operator'], 'create_vendor', { '/args/name': `tok_name_${'a'.repeat(32)}` })
    expect(masked).toEqual(['/args/name'])
  })
})
