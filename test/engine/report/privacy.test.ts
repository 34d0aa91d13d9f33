import { join } from 'node:path'
import { expect, test } from 'vitest'
import { businessDaysAfter } from '../../../engine/contract/calendar.ts'
import { loadTree } from '../../../engine/load/load.ts'
import type { CallRecord } from '../../../engine/report/privacy/call-record.ts'
import { monthCsv, monthOf, monthPage } from '../../../engine/report/privacy/month.ts'
import { processingRecord } from '../../../engine/report/privacy/processing.ts'
import { validateTree } from '../../../engine/validate/validate.ts'

test.each([
  // Wednesday: Thursday, Friday, Monday.
  ['2026-11-25', 3, [], '2026-11-30'],
  // The day itself does not count, and Friday 20 November is a national holiday since 2024.
  ['2026-11-18', 3, [], '2026-11-24'],
  ['2026-11-18', 3, ['2026-11-24'], '2026-11-25'],
  // Good Friday, and Tiradentes on a Tuesday.
  ['2026-04-01', 3, [], '2026-04-07'],
  ['2026-04-18', 2, [], '2026-04-22'],
  ['2026-12-23', 20, [], '2027-01-22'],
])('%s and %s business days, with %j closed, is %s', (day, count, holidays, expected) => {
  expect(businessDaysAfter(day, count, holidays)).toBe(expected)
})

test('a year whose holidays are not known gives no deadline', () => {
  expect(() => businessDaysAfter('2035-12-31', 3)).toThrow(RangeError)
})

function call(changes: Partial<CallRecord>): CallRecord {
  return {
    ...{ erp: 'omie', entry: 'omie-000000001', at_ms: 0, day: '2026-11-25', what: 'done', code: null },
    ...{ tool: 'create_payment', effect: 'settle', company: '12345678000195' },
    caller: { id: 'agent-1', person: 'u17', roles: ['operator'] },
    ...{ amount: 90_007, counterparty: '9', approvers: [], approval: null, rows: 0, personal: [] },
    ...changes,
  }
}

test('whoever is named by a CPF is no CPF in what is exported, and stays one row', () => {
  const caller = { id: 'agent-1', person: '52998224725', roles: [] }
  const rows = monthOf([call({ caller, approvers: ['11144477735'] }), call({ caller })], '2026-11')
  expect(rows).toMatchObject([{ person: '***.982.247-**', approvers: ['***.444.777-**'], calls: 2 }])
})

test('a month adds up money that was moved, and counts refusals and who approved', () => {
  const rows = monthOf(
    [
      call({ approvers: ['u40'] }),
      call({ approvers: ['u41', 'u40'] }),
      call({ what: 'failed' }),
      call({ what: 'unknown', amount: 5 }),
      call({ what: 'denied', approvers: ['u99'] }),
      call({ effect: 'create', amount: 1 }),
      call({ day: '2026-12-01' }),
      call({ counterparty: '=HYPERLINK("x")', caller: { id: '<b>', person: 'u1', roles: [] } }),
    ],
    '2026-11',
  )
  expect(monthCsv(rows)).toBe(
    [
      'erp,company,agent,person,counterparty,calls,settled_brl,unknown_brl,approvers,refusals',
      `omie,12345678000195,<b>,u1,"'=HYPERLINK(""x"")",1,900.07,0.00,,0`,
      'omie,12345678000195,agent-1,u17,9,3,1800.14,0.05,u40 u41,1',
      '',
    ].join('\r\n'),
  )
  const page = monthPage(rows, '2026-11')
  expect(page).toContain('<td>&#60;b&#62;</td>')
  expect(page).toContain('R$\u00a02.700,21'.replace('\u00a0', page.includes('R$\u00a0') ? '\u00a0' : ' '))
  expect(page).not.toContain('<b>')
})

test('the record of processing says what the policies say, and what only the controller knows', async () => {
  const { tree } = await loadTree(join(import.meta.dirname, '../../..'), ['omie'])
  const record = processingRecord(Object.values(validateTree(tree).erps))
  expect(record).toContain('# Record of processing operations (LGPD art. 37)')
  expect(record).toContain('Purpose and legal basis (art. 7, 23): to fill in')
  expect(record).toContain('| document | CPF, CNPJ, and access keys that hold one | admin')
  expect(record).toContain('| url | public link to a document | nobody |')
  expect(record).toMatch(/\| get_vendors_list \| read \| vendors \| bank, document, email, name, phone/)
  expect(record).toContain('ledger 1826 days')
})
