// `alcada check` finds every mistake in a stand-in.yaml, at its place: each edit plants one.
import { describe, expect, test } from 'vitest'
import { loadTree } from '../../../engine/load/load.ts'
import { validateTree } from '../../../engine/validate/validate.ts'
import { type Edit, withTree } from '../../helpers/overlay.ts'

const FILE = 'erps/loja/sandbox/stand-in.yaml'

async function found(edits: readonly Edit[]): Promise<string[]> {
  return withTree(edits, async (root) => {
    const { tree, findings } = await loadTree(root)
    return [...findings, ...validateTree(tree).findings].map(({ code, line, message }) => `${line} ${code} ${message}`)
  })
}

const edit = (replace: string, other: string): Edit[] => [{ file: FILE, replace, with: other }]

describe('a stand-in.yaml is refused where', () => {
  test.each([
    [
      'credential: token',
      'credential: key',
      '3 CREDENTIAL_UNKNOWN credential `key` is not declared under `credentials` in erp.yaml',
    ],
    ['company_id: "7"', 'token: "7"', '4 CREDENTIAL_UNKNOWN credential `token` is a secret'],
    ['key: /code\n    newKey', 'key: /id\n    newKey', '11 KEY_MISSING no identifier at `/id`'],
    [
      '    seed:\n      - { code: 5',
      '    seed:\n      - { code: 5 }\n      - { code: 5',
      '16 VALUE_REPEATED another record has `5` at `/code` already',
    ],
    ['paging: pages', 'paging: page', '22 PAGING_UNKNOWN paging `page` is not in erp.yaml'],
    ['id: { to: /code }, answer', 'id: { path: code }, answer', '26 PATH_PARAMETER the path has no place `{code}`'],
    [
      'body: { type: object, required: [value] }',
      'body: { type: thing }',
      '27 SCHEMA_MALFORMED `body` is no JSON Schema that can be used',
    ],
    [
      'does: delete, of',
      'does: remove, of',
      '26 VALUE_UNKNOWN expected one of `list`, `create`, `get`, `delete`, `update`, `replace`, `set`, got string `remove`',
    ],
    ['when: { /call: ListVendors }\n    does: list', 'when: { /call: ListVendors }\n    does: create', 'KEY_UNKNOWN'],
    [
      'companies: ["12345678000195"]',
      'companies: ["12345678000100"]',
      '1 VALUE_MALFORMED expected a CNPJ without punctuation, got string `12345678000100`',
    ],
    ['retryAfterS: 1', 'retryAfterS: 0', '33 VALUE_OUT_OF_RANGE expected at least 1, got number `0`'],
  ])('`%s` is written `%s`', async (before, after, expected) => {
    expect((await found(edit(before, after))).join('\n')).toContain(expected)
  })
})

test('an upstream MCP server has no stand-in', async () => {
  const write = [{ file: 'erps/eco/sandbox/stand-in.yaml', write: 'collections: {}\n' }]
  expect(await found(write)).toEqual(['1 KIND_MISMATCH an ERP of kind `mcp` has no stand-in'])
})

test('a tool whose calls nothing would answer is named', async () => {
  const message = 'nothing serves `get_account_payable_by_id`: GET /payables/{id} (GetPayable)'
  expect(await found(edit('path: /payables/5', 'path: /payable/5'))).toEqual([`1 STAND_IN_UNSERVED ${message}`])
})

test('a recorded one may be larger than what people write, up to a megabyte', async () => {
  const grown = (times: number): Edit[] => [{ file: FILE, append: `# ${'x'.repeat(98)}\n`, times }]
  expect(await found(grown(9_000))).toEqual([])
  expect((await found(grown(11_000))).join()).toContain('FILE_TOO_LARGE expected at most 1048576 bytes')
})
