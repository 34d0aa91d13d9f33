import { Ajv2020 } from 'ajv/dist/2020.js'
import formatsPlugin from 'ajv-formats'
import { beforeAll, expect, inject, test } from 'vitest'
import type { ActivePolicy } from '../../../servers/policy/status.ts'
import { limitsInWords } from '../../../servers/request/limits-in-words.ts'
import { listTools } from '../../../servers/request/list-tools.ts'
import { AURORA, BRISA, identity, omiePolicy } from './world.ts'

let omie: ActivePolicy
beforeAll(async () => {
  omie = await omiePolicy(inject('compiler'))
})

const namesFor = (role: string | null): string[] => listTools(omie, identity(role)).map(({ name }) => name)

test('a viewer sees reads only, an operator writes too, an admin deletes as well, an auditor nothing', () => {
  expect(namesFor('viewer')).toContain('get_vendors_list')
  expect(namesFor('viewer').some((name) => /^(create|update|delete)_/.test(name))).toBe(false)
  expect(namesFor('operator')).toContain('create_payment')
  expect(namesFor('operator')).not.toContain('delete_vendor')
  expect(namesFor('admin')).toContain('delete_vendor')
  expect(namesFor('auditor')).toEqual([])
})

test('a token without roles sees what the default role sees; an unknown role sees nothing', () => {
  expect(namesFor(null)).toEqual(namesFor('readonly'))
  expect(namesFor('superuser')).toEqual([])
})

test('the list has one order', () => {
  expect(namesFor('admin')).toEqual([...namesFor('admin')].sort())
})

test('a payment tells the limits in the words of a Brazilian', () => {
  const tool = listTools(omie, identity('operator')).find(({ name }) => name === 'create_payment')
  expect(tool?.description).toBe(
    'Settle a payable, wholly or in part: this moves money in the books (settles up to R$ 1.000,00 alone, up to R$ 50.000,00 with 1 approval, up to R$ 200.000,00 with 2 approvals)',
  )
  const { config } = omie
  expect(limitsInWords({ effect: 'read', money: false }, config)).toBe('')
})

test('only a caller bound to several companies is asked for one', () => {
  const schemaFor = (companies: string[]) =>
    listTools(omie, identity('viewer', companies)).find(({ name }) => name === 'get_vendor_by_id')?.inputSchema
  expect(schemaFor([AURORA])?.['required']).toEqual(['id'])
  expect(schemaFor([AURORA, BRISA])).toMatchObject({
    required: ['id', 'company'],
    properties: { company: { type: 'string', enum: [AURORA, BRISA] } },
  })
})

test('the hints follow from the effect', () => {
  const hints = Object.fromEntries(listTools(omie, identity('admin')).map((tool) => [tool.name, tool.annotations]))
  expect(hints['get_vendors_list']).toEqual({
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: false,
  })
  expect(hints['create_payment']).toMatchObject({ readOnlyHint: false, destructiveHint: true, idempotentHint: true })
  expect(hints['delete_vendor']).toMatchObject({ readOnlyHint: false, destructiveHint: true, idempotentHint: false })
  expect(hints['update_vendor']).toMatchObject({ readOnlyHint: false, destructiveHint: false })
})

test('every schema in the list is one that a strict client compiles', () => {
  for (const tool of listTools(omie, identity('admin', [AURORA, BRISA]))) {
    const ajv = new Ajv2020({ strict: true, strictTypes: false })
    formatsPlugin.default(ajv)
    expect(() => [ajv.compile(tool.inputSchema), ajv.compile(tool.outputSchema)], tool.name).not.toThrow()
  }
})

test('a format of ours is taken out wherever a schema may hold another', () => {
  const amount = { type: 'number', format: 'centavos' }
  const input = { type: 'object', anyOf: [{ properties: { amount } }, { allOf: [{ items: { oneOf: [amount] } }] }] }
  const { get_vendor_by_id: tool, ...tools } = omie.catalogue.tools
  if (tool === undefined) throw new Error('expected the tool')
  const changed = {
    ...omie,
    catalogue: { ...omie.catalogue, tools: { ...tools, get_vendor_by_id: { ...tool, input } } },
  }
  const listed = listTools(changed, identity('viewer')).find(({ name }) => name === 'get_vendor_by_id')
  expect(JSON.stringify(listed?.inputSchema)).not.toContain('centavos')
  expect(JSON.stringify(listed?.inputSchema)).toContain('{"type":"number"}')
})
