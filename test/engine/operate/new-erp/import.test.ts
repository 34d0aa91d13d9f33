import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { declaredAddress, declaredTypes } from '../../../../engine/operate/new-erp/auth.ts'
import { readDescription } from '../../../../engine/operate/new-erp/openapi/document.ts'
import { type Imported, importDescription } from '../../../../engine/operate/new-erp/openapi/import.ts'

// What an OpenAPI description comes to: which universal tools, with what effect, from where, and what becomes none.

const textOf = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../fixtures/${path}`, import.meta.url)), 'utf8')
const COMERCIO = textOf('openapi/comercio.yaml')

function proposed({ tools }: Imported): string[] {
  return tools.map(
    ({ name, map, proposal: { operation } }) => `${name}: ${map.effect} ${operation.method} ${operation.path}`,
  )
}

function mapOf({ tools }: Imported, name: string): unknown {
  return tools.find((tool) => tool.name === name)?.map
}

describe('a description in Portuguese', () => {
  const description = readDescription(COMERCIO)
  const imported = importDescription(description, false)

  test('gives universal tools by path and method, each with the effect of the vocabulary', () => {
    expect(proposed(imported)).toEqual([
      'get_customers_list: read GET /v2/clientes',
      'get_customer_by_id: read GET /v2/clientes/{idCliente}',
      'get_customer_by_document: read GET /v2/clientes',
      'create_customer: create POST /v2/clientes',
      'update_customer: update PUT /v2/clientes/{idCliente}',
      'delete_customer: delete DELETE /v2/clientes/{idCliente}',
      'get_accounts_payable_list: read GET /v2/contas/pagar',
      'get_account_payable_by_id: read GET /v2/contas/pagar/{id}',
      'create_payment: settle POST /v2/contas/pagar/{id}/baixar',
    ])
  })

  test('says why an operation becomes none', () => {
    const left = imported.left.map(({ operation, reason }) => [operation.path, reason])
    expect(Object.fromEntries(left)).toEqual({
      '/v2/produtos/fornecedores': 'its path names nothing of the vocabulary',
      '/v2/categorias': '`get_categories_list`: it is not asked for by page and page size',
    })
  })

  test('gives records by the names of their fields, with what is personal in them', () => {
    expect(imported.result).toBe('/data')
    expect(imported.records['customer']).toEqual({
      fields: {
        '/id': { from: '/id' },
        '/name': { from: '/nome' },
        '/document': { from: '/cnpj', as: 'alnum' },
        '/city': { from: '/endereco/cidade' },
        '/state': { from: '/endereco/uf' },
        '/inactive': { from: '/ativo', as: 'not' },
      },
      sensitive: { '/name': 'name', '/document': 'document' },
    })
    expect(imported.records['account_payable']?.fields).toMatchObject({
      '/vendor_id': { from: '/fornecedor/id' },
      '/due_date': { from: '/vencimento', as: 'date_br' },
      '/open_amount': { from: '/saldo', as: 'decimal' },
      // A value that no word says is left out: such a record has no status.
      '/status': { from: '/situacao', map: { ABERTO: 'open', PAGO: 'paid', CANCELADO: 'cancelled' } },
    })
  })

  test('reads before a PUT, which replaces the whole record', () => {
    expect(mapOf(imported, 'update_customer')).toMatchObject({
      native: { method: 'PUT', path: '/v2/clientes/{idCliente}' },
      merge: {
        native: { method: 'GET', path: '/v2/clientes/{idCliente}' },
        args: [{ from: '/id', as: 'integer', path: 'idCliente' }],
        drop: ['/id'],
      },
    })
  })

  test('looks at the payable before it is paid, counts all that moves, and looks again afterwards', () => {
    expect(mapOf(imported, 'create_payment')).toEqual({
      effect: 'settle',
      reversible: false,
      native: { method: 'POST', path: '/v2/contas/pagar/{id}/baixar' },
      args: [
        { from: '/payable_id', as: 'integer', path: 'id' },
        { from: '/account_id', as: 'integer', to: '/contaCorrente/id' },
        { from: '/amount', as: 'decimal', to: '/valor' },
        { from: '/date', as: 'date_iso', to: '/data' },
        { from: '/interest', as: 'decimal', to: '/juros' },
      ],
      without: ['fine', 'discount', 'description'],
      answer: { record: 'created' },
      resolve: [
        {
          as: 'payable',
          tool: 'get_account_payable_by_id',
          args: { id: '/args/payable_id' },
          expect: { '/status': ['open'] },
        },
      ],
      facts: {
        amount: { sum: ['/args/amount', '/args/interest'] },
        open_amount: { sum: ['/resolved/payable/open_amount', '/args/interest'] },
        counterparty: '/resolved/payable/vendor_id',
        due_date: '/resolved/payable/due_date',
        accrual_date: '/args/date',
        idempotency_key: '/args/reference',
      },
      confirm: {
        tool: 'get_account_payable_by_id',
        args: { id: '/args/payable_id' },
        checks: [{ pointer: '/open_amount', since: '/resolved/payable/open_amount', fellBy: '/args/amount' }],
        attempts: 5,
        waitMs: 300,
      },
    })
  })

  test('names what nobody fills, and takes a header of the company as one of its values', () => {
    const notes = Object.fromEntries(imported.tools.map(({ name, notes }) => [name, notes]))
    expect(notes['create_payment']).toEqual(['nothing fills `/forma`, which it insists on'])
    expect(mapOf(imported, 'get_accounts_payable_list')).toMatchObject({
      args: [
        { from: '/due_from', as: 'date_iso', query: 'dataVencimentoInicial' },
        { credential: 'x_loja', header: 'X-Loja' },
      ],
    })
    expect(imported.paging).toEqual({
      pages: { style: 'page', page: { query: 'pagina' }, size: { query: 'limite' }, max: 50 },
    })
  })

  test('says where the API is and how it knows who calls', () => {
    expect(declaredAddress(description)).toBe('https://api.comercio.example/v2')
    expect(declaredTypes(description)).toEqual(['header'])
  })

  test('a GET is no tool where the credential goes into the body', () => {
    const names = proposed(importDescription(description, true))
    expect(names).toEqual([
      'create_customer: create POST /v2/clientes',
      'delete_customer: delete DELETE /v2/clientes/{idCliente}',
    ])
  })
})

test("nothing of GitHub's description is taken for a company's books", () => {
  const { tools, left } = importDescription(readDescription(textOf('github-openapi.json')), false)
  expect(tools).toEqual([])
  expect(left.length).toBeGreaterThan(40)
})

describe('what cannot be read is said', () => {
  test.each([
    ['swagger: "2.0"\npaths: {}', 'expected `openapi: 3.0` or `3.1`, got Swagger 2.0; convert it first'],
    ['openapi: 3.1.0', 'expected `paths`, got none'],
    ['[]', 'expected an object'],
    ['{"openapi": ', 'neither JSON nor YAML'],
    ['{"openapi": "3.1.0", "paths": {}', 'neither JSON nor YAML'],
    ['a: &a [x]\nb: [*a, *nobody]', 'neither JSON nor YAML'],
  ])('%j', (text, message) => {
    expect(() => readDescription(text)).toThrow(message)
  })

  test('lines of aliases that stand for gigabytes', () => {
    const lines = Array.from(
      { length: 12 },
      (_, index) =>
        `a${index}: &a${index} [${Array(9)
          .fill(index === 0 ? 'x' : `*a${index - 1}`)
          .join(', ')}]`,
    )
    expect(() => readDescription(lines.join('\n'))).toThrow('neither JSON nor YAML')
  })
})

test('schemas and references that lead in a circle come to an end', () => {
  const text = COMERCIO.replaceAll('#/components/schemas/Conta"', '#/components/schemas/A"').replace(
    '  schemas:\n',
    '  schemas:\n    A: { $ref: "#/components/schemas/B" }\n    B: { $ref: "#/components/schemas/A" }\n',
  )
  const { left } = importDescription(readDescription(text), false)
  expect(left.map(({ operation }) => operation.path)).toContain('/v2/contas/pagar')
})
