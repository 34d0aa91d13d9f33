import type { PullReport } from '../../engine/report/pull-request.ts'

/** A change of each kind, with past calls that it would have ended otherwise. */
export const PULL_REPORT: PullReport = {
  verdict: {
    findings: [],
    diff: {
      wider: [
        {
          erp: 'omie',
          sentence:
            'operator may now settle up to R$ 5.000,00 without approval; was R$ 1.000,00 (create_payment on omie)',
          count: 3,
        },
      ],
      narrower: [
        {
          erp: 'omie',
          sentence:
            'operator calls create_payment on omie where the hour is 17: now is refused (outside_hours), before it was allowed',
          count: 1,
        },
      ],
      obligations: [],
      unreached: [],
      catalogue: [],
      contexts: 23_376,
    },
    risk: {
      class: 'widening',
      reasons: ['1 change lets somebody do more', '1 change lets somebody do less'],
      second_group: true,
    },
  },
  approvers: { people: ['approver', 'author'], listed: 2 },
  impact: {
    to_allow: [
      {
        ...{ erp: 'omie', role: 'operator', tool: 'create_payment', band: '', codes: ['day_total'], count: 2 },
        sentence: 'operator, create_payment on omie: refused → allowed (day_total)',
      },
    ],
    to_deny: [],
    approvals: [
      {
        ...{
          erp: 'omie',
          role: 'operator',
          tool: 'create_payment',
          band: 'above R$ 1.000,00 up to R$ 5.000,00',
          codes: [],
          count: 31,
        },
        sentence:
          'operator, create_payment on omie, above R$ 1.000,00 up to R$ 5.000,00: 1 approval by approver → allowed',
      },
    ],
    masks: [],
    not_replayed: [{ erp: 'omie', reason: 'input_masked', count: 3 }],
    drift: [],
    coverage: {
      decisions: 415,
      replayed: 412,
      repeated: 0,
      with_history: 0,
      from: '2026-10-01',
      to: '2026-10-31',
      erps: [],
    },
    digest: 'a1b2c3',
  },
  base: '00000000abf603400000000000000000000000000'.slice(0, 40),
  head: '11111111443200000000000000000000000000000'.slice(0, 40),
}
