// What `alcada reconcile` prints for people and for spreadsheets, to the letter.
import { expect, test } from 'vitest'
import type { Difference } from '../../../../engine/operate/reconcile/difference.ts'
import type { ReconcileReport } from '../../../../engine/operate/reconcile/report.ts'
import { reconcileCsv } from '../../../../engine/operate/reconcile/report-csv.ts'
import { reconcileText } from '../../../../engine/operate/reconcile/report-text.ts'
import { COMPANY } from './side.ts'

const put: Difference = {
  ...{ kind: 'erp_only', of: 'payment', company: COMPANY, ledger: null, evidence: 'no entry made it', next: 'look' },
  erp: { id: '=1+1', of: 'P-1', date: '2026-11-27', amount: 7_770, counterparty: 'V-1', status: 'ap\u001bproved' },
}
const lost: Difference = {
  ...{ kind: 'unknown_outcome', of: 'payment', company: COMPANY, erp: null, evidence: 'none, so far', next: 'resolve' },
  ledger: {
    ...{ entry: 'e-1', at: '2026-11-26T13:02:44.105Z', tool: 'create_payment', caller: 'agent-1', person: 'u17' },
    ...{ amount: null, reference: 'A-1' },
  },
}
const report: ReconcileReport = {
  ...{
    erp: 'tryton',
    window: { from: '2026-11-01', to: null },
    companies: [COMPANY],
    entries: 2,
    records: 3,
    restore: null,
  },
  ...{ differences: [lost, put], clean: false, cleared: 'money stays where it is: not everything is clean' },
  matched: [
    {
      ...{ of: 'payment', company: COMPANY, entries: ['e-2', 'e-3'] },
      erp: { id: '7', of: null, date: null, amount: 10, counterparty: null, status: null },
    },
  ],
  notCompared: [
    { what: 'the ERP', why: 'shows no bank data', open: false },
    { what: 'payments', why: 'refused', open: true },
  ],
}

test('people see both sides, one below the other, and nothing of the ERP obeyed by a terminal', () => {
  expect(
    reconcileText(report),
  ).toBe(`tryton: 2026-11-01 to the last there is; 3 records of the ERP, 2 calls of the ledger, 1 alike

1 in the ERP, without an entry of the ledger
  payment of ${COMPANY}
    ERP     =1+1  2026-11-27  77.70  settles P-1  with V-1  ap\\u001bproved
    ledger  -
    no entry made it
    → look

1 whether it was done, the server could not tell
  payment of ${COMPANY}
    ERP     -
    ledger  e-1  2026-11-26T13:02:44.105Z  amount unknown  create_payment  agent-1 for u17  reference A-1
    none, so far
    → resolve

not compared this time
  payments: refused

what is never compared
  the ERP: shows no bank data

tryton: somebody has to look at what stands above
money stays where it is: not everything is clean
`)
})

test('a spreadsheet gets a line each, what is alike too, and no formula', () => {
  const [head = '', ...lines] = reconcileCsv(report).split('\r\n')
  expect(head.split(',')).toHaveLength(18)
  expect(lines).toEqual([
    `unknown_outcome,payment,${COMPANY},,,,,,,e-1,2026-11-26T13:02:44.105Z,create_payment,agent-1,u17,,A-1,"none, so far",resolve`,
    `erp_only,payment,${COMPANY},'=1+1,P-1,2026-11-27,77.70,V-1,ap\u001bproved,,,,,,,,no entry made it,look`,
    `alike,payment,${COMPANY},7,,,0.10,,,e-2 e-3,,,,,,,,`,
    'not_compared,the ERP,,,,,,,,,,,,,,,shows no bank data,',
    'not_compared,payments,,,,,,,,,,,,,,,refused,',
    '',
  ])
})
