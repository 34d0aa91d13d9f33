import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { CatalogueTool } from '../../../engine/contract/catalogue.ts'
import { buildCatalogue } from '../../../engine/contract/catalogue-build.ts'
import { effectOf } from '../../../engine/contract/effect.ts'
import { factsOf } from '../../../engine/contract/facts.ts'
import { loadTree } from '../../../engine/load/load.ts'
import { readShape, SHAPES } from '../../../engine/validate/shape.ts'

interface MoneyTool {
  name: string
  tool: CatalogueTool
}
let moneyTools: MoneyTool[] = []
beforeAll(async () => {
  const { tree } = await loadTree(join(import.meta.dirname, '../../..'), ['omie', 'nibo', 'bling', 'tryton'])
  for (const [name, { files }] of Object.entries(tree.erps)) {
    const erp = readShape(files.erp, SHAPES.erp, [])
    const toolsFile = readShape(files.tools, SHAPES.tools, [])
    if (erp === null || toolsFile === null) throw new Error(`expected good YAML of ${name}`)
    const tools = Object.values(buildCatalogue(erp, toolsFile).tools).filter(({ money }) => money)
    moneyTools = [...moneyTools, ...tools.map((tool) => ({ name: `${name} ${tool.name}`, tool }))]
  }
})

const MONEY_CODECS = new Set(['decimal', 'decimal_abs', 'decimal_string', 'tryton_decimal'])

function propertiesOf({ input }: CatalogueTool): [string, Record<string, unknown>][] {
  return Object.entries(Object(input['properties']))
}

/** Money arguments by name: those the schema calls so, and those the ERP gets as money. */
function moneyArguments(tool: CatalogueTool): string[] {
  const declared = propertiesOf(tool).flatMap(([name, schema]) => (schema['format'] === 'centavos' ? [name] : []))
  const sent = tool.args.flatMap((map) =>
    'from' in map && map.as !== undefined && MONEY_CODECS.has(map.as) ? [map.from.slice(1)] : [],
  )
  return [...new Set([...declared, ...sent])]
}

/** Records as they would be read, each worth R$ 500,00. */
function resolvedFor(tool: CatalogueTool): Record<string, unknown> {
  const record = { amount: 500, open_amount: 500, vendor_id: '9', customer_id: '9', due_date: '2026-11-30' }
  return Object.fromEntries(
    (tool.resolve ?? []).map(({ as, each }) => [as, each === undefined ? record : [record, record]]),
  )
}

test('the ERPs have money tools to look at', () => {
  expect(moneyTools.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'omie create_payment',
      'nibo create_receipt',
      'bling create_payment',
      'tryton update_payment_approved',
    ]),
  )
})

/** A discount received lowers nothing and adds nothing; one given to a customer is money given away. */
const counts = (name: string, argument: string): boolean => argument !== 'discount' || name.endsWith(' create_receipt')

test('each optional money argument of each money tool counts in full, and a discount received not at all', () => {
  for (const { name, tool } of moneyTools) {
    const resolved = resolvedFor(tool)
    const base = { amount: 100, payment_ids: ['1', '2'] }
    const amount = (args: Record<string, unknown>): number | null => factsOf(tool.facts, { args, resolved }).amount
    for (const argument of moneyArguments(tool).filter((each) => each !== 'amount')) {
      const before = amount(base)
      const expected = counts(name, argument) ? (before ?? 0) + 1_234 : before
      expect([name, argument, amount({ ...base, [argument]: 12.34 })]).toEqual([name, argument, expected])
    }
  }
})

test('without its money arguments and records the amount of a money tool is unknown, never nothing', () => {
  for (const { name, tool } of moneyTools) {
    expect([name, factsOf(tool.facts, { args: {}, resolved: {} }).amount]).toEqual([name, null])
  }
})

test('a money argument of the wrong type makes the amount unknown', () => {
  for (const { name, tool } of moneyTools) {
    for (const argument of moneyArguments(tool).filter((each) => counts(name, each))) {
      for (const value of ['100', null, -1, 0.001, [100], Number.NaN]) {
        const args = { amount: 100, [argument]: value }
        expect([name, argument, factsOf(tool.facts, { args, resolved: resolvedFor(tool) }).amount]).toEqual([
          name,
          argument,
          null,
        ])
      }
    }
  }
})

test('several records settled at once are all counted', () => {
  const approve = moneyTools.find(({ name }) => name === 'tryton update_payment_approved')
  const resolved = { payments: [{ amount: 500 }, { amount: 0.01 }, { amount: 30 }] }
  expect(factsOf(approve?.tool.facts, { args: { payment_ids: ['1', '2', '3'] }, resolved }).amount).toBe(53_001)
})

test('an argument that issues a legal document raises the effect wherever an ERP takes it', () => {
  for (const { name, tool } of moneyTools) {
    for (const [argument] of propertiesOf(tool).filter(
      ([each]) => each.startsWith('issue_') && each !== 'issue_date',
    )) {
      expect([name, argument, effectOf(tool, tool.permission, { [argument]: true }).effect]).toEqual([
        name,
        argument,
        'fiscal',
      ])
    }
  }
})
