import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ARGUMENTS } from '../../../engine/contract/universal/argument.ts'
import { inputSchemaOf } from '../../../engine/contract/universal/input.ts'
import { outputSchemaOf } from '../../../engine/contract/universal/output.ts'
import { RECORDS } from '../../../engine/contract/universal/record.ts'
import { UNIVERSAL_TOOLS } from '../../../engine/contract/universal/tool.ts'
import { EFFECTS, ENTITIES, parseToolName } from '../../../engine/contract/vocabulary.ts'

const tools = Object.entries(UNIVERSAL_TOOLS)

test.each<[string, unknown]>([
  ['get_vendors_list', { verb: 'get', entity: 'vendor', modifier: 'list' }],
  ['get_accounts_payable_list', { verb: 'get', entity: 'account_payable', modifier: 'list' }],
  ['create_payment', { verb: 'create', entity: 'payment', modifier: null }],
  ['update_payment_approved', { verb: 'update', entity: 'payment', modifier: 'approved' }],
  ['get_vendor_list', null],
  ['get_vendors', null],
  ['getVendor', null],
  ['Get_vendor', null],
  ['remove_vendor', null],
  ['get_vendor_by_name', null],
  ['get_', null],
  ['', null],
])('`%s` is read as %j', (name, parsed) => {
  expect(parseToolName(name)).toEqual(parsed)
})

test('a tool name has one reading: built again from its parts it is the same', () => {
  const part = fc.constantFrom(
    'get',
    'create',
    'delete',
    'vendor',
    'vendors',
    'accounts_payable',
    'list',
    'by_id',
    'x',
    '',
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
      const name = parts.join('_')
      const parsed = parseToolName(name)
      if (parsed === null) return
      const { verb, entity, modifier } = parsed
      const noun = modifier === 'list' ? ENTITIES[entity] : entity
      expect([verb, noun, ...(modifier === null ? [] : [modifier])].join('_')).toBe(name)
    }),
  )
})

test('every universal tool has a universal name that says its entity', () => {
  for (const [name, tool] of tools) expect([name, parseToolName(name)?.entity]).toEqual([name, tool.entity])
  for (const [name, { entity }] of tools)
    expect([name, Object.keys(ENTITIES)]).toEqual([name, expect.arrayContaining([entity])])
})

test('a tool that gets something reads, a tool that does more does not', () => {
  for (const [name, { effect }] of tools) expect([name, effect === 'read']).toEqual([name, name.startsWith('get_')])
})

test('a tool that moves money asks for a reference of the caller', () => {
  for (const [name, { money, args, effect }] of tools) {
    if (EFFECTS.indexOf(effect) >= EFFECTS.indexOf('settle')) expect([name, money]).toEqual([name, true])
    if (money === true) expect([name, args[0]]).toEqual([name, 'reference!'])
  }
})

test('a tool whose arguments hold an amount is a money tool', () => {
  for (const [name, { money, args }] of tools) {
    if (args.some((arg) => /^(amount|interest|fine)!?$/.test(arg))) expect([name, money]).toEqual([name, true])
  }
})

test('every deletion asks for a reason', () => {
  for (const [name, { effect, args }] of tools)
    if (effect === 'delete') expect([name, args]).toEqual([name, expect.arrayContaining(['reason!'])])
})

test('schemas of all tools are closed and know every argument and record', () => {
  for (const [, tool] of tools) {
    expect(inputSchemaOf(tool)).toMatchObject({ type: 'object', additionalProperties: false })
    expect(outputSchemaOf(tool)).toMatchObject({
      required: ['data', 'metadata', 'alcada'],
      additionalProperties: false,
    })
  }
  expect(Object.keys(RECORDS)).toEqual(expect.arrayContaining(tools.map(([, { record }]) => record)))
})

test('an argument that an ERP cannot take is not in its schema', () => {
  const payment = UNIVERSAL_TOOLS['create_payment']!
  expect(Object.keys(Object(inputSchemaOf(payment, ['interest', 'fine'])['properties']))).not.toContain('fine')
})

test('every amount is above zero and in centavos', () => {
  for (const name of ['amount', 'interest', 'fine', 'discount']) {
    expect(ARGUMENTS[name]).toMatchObject({ type: 'number', exclusiveMinimum: 0, maximum: 1e12, format: 'centavos' })
  }
})
