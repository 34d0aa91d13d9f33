import { describe, expect, test } from 'vitest'
import { factsOf } from '../../engine/contract/facts.ts'
import type { CheckedErp } from '../../engine/validate/checked.ts'
import { checkedErp } from '../engine/compile/project.ts'

/** Optional arguments in which an amount can stand. */
const MONEY = ['amount', 'interest', 'fine', 'discount']

/** Tools that move money, with the example of decisions.yaml and what they can take besides. */
function moneyTools({ catalogue, decisions }: CheckedErp): { name: string; optional: string[] }[] {
  return Object.values(catalogue.tools)
    .filter((tool) => tool.money)
    .map((tool) => {
      const properties = Object.keys(Object(tool.input['properties']))
      const given = Object.keys(decisions.examples[tool.name]?.args ?? {})
      return { name: tool.name, optional: MONEY.filter((name) => properties.includes(name) && !given.includes(name)) }
    })
}

const erps = await Promise.all(['omie', 'nibo', 'bling', 'tryton'].map(checkedErp))
const cases = erps.flatMap((erp) =>
  moneyTools(erp).flatMap(({ name, optional }) =>
    optional.map((argument) => ({ erp, name, argument, title: erp.name })),
  ),
)

describe('money hidden in an optional argument', () => {
  test.each(cases)('$title $name counts $argument, and never against the amount', ({ erp, name, argument }) => {
    const { args, resolved } = erp.decisions.examples[name] ?? { args: {}, resolved: {} }
    const map = erp.catalogue.tools[name]?.facts
    const before = factsOf(map, { args, resolved }).amount ?? Number.NaN
    const after = factsOf(map, { args: { ...args, [argument]: 99_999 }, resolved }).amount
    // One received takes nothing off; one given to a customer is money given away.
    if (argument === 'discount' && name !== 'create_receipt') expect(after).toBe(before)
    else expect(after).toBeGreaterThanOrEqual(9_999_900)
  })

  test.each(erps.map((erp) => ({ erp, title: erp.name })))(
    '$title: every example of a money tool has an amount',
    ({ erp }) => {
      const unknown = moneyTools(erp)
        .map(({ name }) => ({ name, ...(erp.decisions.examples[name] ?? { args: {}, resolved: {} }) }))
        .filter((call) => factsOf(erp.catalogue.tools[call.name]?.facts, call).amount === null)
      expect(unknown).toEqual([])
    },
  )
})
