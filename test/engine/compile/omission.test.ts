import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { openPolicyCompiler, type PolicyCompiler } from '../../../engine/compile/compile.ts'
import type { CheckedErp } from '../../../engine/validate/checked.ts'
import { checkedErp, edited } from './project.ts'

const ALCADA = 'policies/shared/alcada.rego'
let compiler: PolicyCompiler
let omie: CheckedErp

beforeAll(async () => {
  compiler = await openPolicyCompiler({ compiler: inject('compiler') })
  omie = await checkedErp('omie')
})
afterAll(() => compiler.close())

/** What can be left out of an allowed call, as `pointer how`. */
async function omissions(checked: CheckedErp): Promise<string[]> {
  const { findings } = await compiler.compileErp(checked)
  return findings
    .filter(({ code }) => code === 'OMISSION_ALLOWED')
    .map(({ message }) => /with `(.+)` ([a-z ]+); /.exec(message)?.slice(1).join(' ') ?? message)
}

function only(checked: CheckedErp, tool: string): CheckedErp {
  const rows = checked.decisions.rows.filter((row) => row.does === tool)
  return { ...checked, decisions: { ...checked.decisions, rows } }
}

describe('what can be left out of an allowed call is found', () => {
  test('nothing, in what is shipped', async () => {
    expect(await omissions(omie)).toEqual([])
  })

  test('an argument, where a draft denies by a negated call: undefined refuses nothing', async () => {
    const draft = edited(
      only(omie, 'create_account_payable'),
      ALCADA,
      'deny["amount_unknown"]',
      'deny["too_long"] := "words" if not fits(input.args.description)\n\nfits(text) if count(text) < 100\n\ndeny["amount_unknown"]',
    )
    expect(await omissions(draft)).toEqual(['/args/description removed'])
    const { findings } = await compiler.compileErp(draft)
    expect(findings.map(({ code }) => code)).toContain('DENY_SHAPE')
  })

  test('a null counterparty, where a draft denies by a negated call', async () => {
    const draft = edited(
      only(omie, 'create_payment'),
      ALCADA,
      'if not counterparty_known',
      'if not long_enough(input.facts.counterparty)\n\nlong_enough(text) if count(text) > 0\n\nlong_enough(text) if text == null',
    )
    expect(await omissions(draft)).toEqual(['/resolved/payable/vendor_id removed', '/facts/counterparty null'])
  })

  test('a null reference, where the rule forgot that null is a value', async () => {
    const draft = edited(
      only(omie, 'create_vendor'),
      ALCADA,
      'repeatable if is_string(input.facts.idempotency_key)',
      'repeatable if input.facts.idempotency_key != ""',
    )
    expect(await omissions(draft)).toEqual(['/facts/idempotency_key null'])
  })

  test('an amount that is not known, where the limit is compared across types', async () => {
    const compared = edited(
      only(omie, 'delete_account_payable'),
      ALCADA,
      'amount_known if is_number(input.facts.amount)',
      'amount_known if input.facts.amount <= 5000000',
    )
    expect(await omissions(compared)).toEqual(['/resolved/payable/amount removed', '/facts/amount null'])
  })
})

describe('what may be indifferent', () => {
  test('is found without its reason in decisions.yaml', async () => {
    const { '*': _, ...indifferent } = omie.decisions.indifferent
    const found = await omissions({
      ...only(omie, 'create_account_payable'),
      decisions: { ...only(omie, 'create_account_payable').decisions, indifferent },
    })
    expect(found).toContain('/facts/due_date null')
  })

  test('roles may be left out where the default role may read, and only there', async () => {
    const { 'get_*': __, ...indifferent } = omie.decisions.indifferent
    const reading = only(omie, 'get_vendors_list')
    const without = { ...reading, decisions: { ...reading.decisions, indifferent } }
    expect(await omissions(without)).toEqual(['/caller/roles empty'])
    const writing = only(omie, 'create_vendor')
    expect(await omissions({ ...writing, decisions: { ...writing.decisions, indifferent } })).toEqual([])
  })
})
