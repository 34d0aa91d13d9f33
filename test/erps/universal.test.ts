import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { Catalogue, CatalogueTool } from '../../engine/contract/catalogue.ts'
import { buildCatalogue } from '../../engine/contract/catalogue-build.ts'
import { loadTree } from '../../engine/load/load.ts'
import { readShape, SHAPES } from '../../engine/validate/shape.ts'

let catalogues: Record<string, Catalogue> = {}
beforeAll(async () => {
  const { tree } = await loadTree(join(import.meta.dirname, '../..'), ['omie', 'nibo', 'bling', 'tryton'])
  for (const [name, { files }] of Object.entries(tree.erps)) {
    const erp = readShape(files.erp, SHAPES.erp, [])
    const tools = readShape(files.tools, SHAPES.tools, [])
    if (erp === null || tools === null) throw new Error(`expected good YAML of ${name}`)
    catalogues = { ...catalogues, [name]: buildCatalogue(erp, tools) }
  }
})

/** Every tool that more than one ERP has, as each of them has it. */
function shared(): [string, CatalogueTool[]][] {
  const names = new Set(Object.values(catalogues).flatMap(({ tools }) => Object.keys(tools)))
  const found = [...names]
    .sort()
    .map((name): [string, CatalogueTool[]] => [
      name,
      Object.values(catalogues).flatMap(({ tools }) => tools[name] ?? []),
    ])
  return found.filter(([, tools]) => tools.length > 1)
}

function argumentsOf(tool: CatalogueTool): Map<string, unknown> {
  const properties = Object.entries(Object(tool.input['properties']))
  // How much of a list comes at once is the ERP's to say.
  return new Map(
    properties.map(([name, schema]) => [name, name === 'page_size' ? { ...Object(schema), maximum: 0 } : schema]),
  )
}

function withoutParts(name: string, schema: unknown, parts: readonly string[]): unknown {
  const gone = parts.flatMap((part) => (part.startsWith(`${name}/`) ? [part.slice(name.length + 1)] : []))
  const properties = Object.entries(Object(Object(schema).properties)).filter(([key]) => !gone.includes(key))
  return gone.length === 0 ? schema : { ...Object(schema), properties: Object.fromEntries(properties) }
}

test('Omie, Nibo and Bling have at least thirty tools each, Tryton twelve, and all four share the main ones', () => {
  expect(Object.keys(catalogues['omie']?.tools ?? {}).length).toBeGreaterThanOrEqual(30)
  expect(Object.keys(catalogues['nibo']?.tools ?? {}).length).toBeGreaterThanOrEqual(30)
  expect(Object.keys(catalogues['bling']?.tools ?? {}).length).toBeGreaterThanOrEqual(30)
  expect(Object.keys(catalogues['tryton']?.tools ?? {}).length).toBeGreaterThanOrEqual(12)
  const inAll = shared().filter(([, tools]) => tools.length === 4)
  expect(inAll.map(([name]) => name)).toEqual(
    expect.arrayContaining([
      'create_account_payable',
      'create_customer',
      'create_vendor',
      'get_account_payable_by_id',
      'get_accounts_payable_list',
      'get_bank_accounts_list',
      'get_categories_list',
      'get_vendor_by_document',
      'get_vendor_by_id',
      'get_vendors_list',
      'update_vendor_inactive',
    ]),
  )
})

test('a name means the same in each ERP: words, effect, entity, money and result', () => {
  for (const [name, tools] of shared()) {
    const meanings = tools.map(({ description, effect, entity, money, output, answerKind }) => ({
      name,
      description,
      effect,
      entity,
      money,
      output,
      answerKind,
    }))
    for (const meaning of meanings) expect(meaning).toEqual(meanings[0])
  }
})

test('a name takes the same arguments in each ERP, but for those it says it is without', () => {
  for (const [name, tools] of shared()) {
    for (const tool of tools) {
      for (const other of tools) {
        const own = argumentsOf(tool)
        for (const [argument, schema] of argumentsOf(other)) {
          if (tool.without?.includes(argument) === true) {
            expect([name, argument, own.has(argument)]).toEqual([name, argument, false])
            continue
          }
          const parts = [...(tool.without ?? []), ...(other.without ?? [])]
          const mine = withoutParts(argument, own.get(argument), parts)
          expect([name, argument, mine]).toEqual([name, argument, withoutParts(argument, schema, parts)])
        }
        expect([name, tool.input['required']]).toEqual([name, other.input['required']])
      }
    }
  }
})

test('what an ERP is without is never an argument that has to be there', () => {
  for (const [name, tools] of shared()) {
    for (const { without = [], input } of tools) {
      for (const argument of without)
        expect([name, input['required']]).not.toEqual([name, expect.arrayContaining([argument])])
    }
  }
})
