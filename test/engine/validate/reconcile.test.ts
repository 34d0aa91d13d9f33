// A mistake in `reconcile:` of tools.yaml would look like a difference, or hide one: each is a finding at its place.
import { describe, expect, test } from 'vitest'
import { loadTree } from '../../../engine/load/load.ts'
import { validateTree } from '../../../engine/validate/validate.ts'
import { withTree } from '../../helpers/overlay.ts'

const RIGHT = [
  'reconcile:',
  '  settlements:',
  '    - name: vendor',
  '      list: get_vendors_list',
  '      days: { from: name_contains, to: page }',
  '      read: get_account_payable_by_id',
  '      record: { id: /id, amount: /name }',
  '      calls: { create_payment: { does: settle, id: /result/id, of: /args/payable_id } }',
  '  bank: [get_vendors_list]',
  '',
].join('\n')

async function found(text: string): Promise<string[]> {
  const edits = [{ file: 'erps/loja/tools.yaml', replace: 'records:\n', with: `${text}records:\n` }]
  return withTree(edits, async (root) => {
    const { tree, findings } = await loadTree(root)
    return [...findings, ...validateTree(tree).findings].map(({ code, line, message }) => `${line} ${code}: ${message}`)
  })
}

describe('what a comparison is declared by', () => {
  test('is taken where all that it names exists', async () => {
    expect(await found(RIGHT)).toEqual([])
  })

  test.each([
    ['list: get_vendors_list', 'list: get_vendor_list', '4 TOOL_UNKNOWN: tool `get_vendor_list` does not exist here'],
    [
      'list: get_vendors_list',
      'list: delete_vendor',
      '4 TOOL_NOT_READ: expected a tool with effect `read`, got `delete`',
    ],
    ['to: page', 'to: date_to', '5 ARGUMENT_UNKNOWN: argument `date_to` does not exist here'],
    ['read: get_account', 'read: got_account', '6 TOOL_UNKNOWN: tool `got_account_payable_by_id` does not exist here'],
    ['amount: /name', 'amount: /sum', '7 FIELD_UNKNOWN: field `/sum` does not exist here'],
    ['{ create_payment', '{ make_payment', '8 TOOL_UNKNOWN: tool `make_payment` does not exist here'],
    ['/args/payable_id', '/args/payable', '8 ARGUMENT_UNKNOWN: argument `payable` does not exist here'],
    ['/result/id', '/answer/id', '8 POINTER_UNKNOWN: `/answer/id` leads nowhere: a call has `/args` and `/result`'],
    ['does: settle', 'does: pay', '8 VALUE_UNKNOWN: '],
    ['bank: [get_vendors_list]', 'bank: [get_banks]', '9 TOOL_UNKNOWN: tool `get_banks` does not exist here'],
  ])('a mistake is found: %s → %s', async (right, wrong, finding) => {
    const [first = '', ...others] = await found(RIGHT.replace(right, wrong))
    expect(first.startsWith(finding), first).toBe(true)
    expect(others.filter((one) => !/FIELD_UNKNOWN|ARGUMENT_UNKNOWN/.test(one))).toEqual([])
  })
})
