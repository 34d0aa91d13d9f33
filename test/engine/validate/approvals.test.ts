import { expect, test } from 'vitest'
import { isConfig } from '../../../engine/contract/config-guard.ts'
import { loadTree } from '../../../engine/load/load.ts'
import { type Validated, validateTree } from '../../../engine/validate/validate.ts'
import { withTree } from '../../helpers/overlay.ts'

function withApprovals(text: string): Promise<Validated> {
  const edit = { file: 'policies/loja/rbac.yaml', replace: '  tools:\n', with: `${text}  tools:\n` }
  return withTree([edit], async (root) => validateTree((await loadTree(root)).tree))
}

test('a server reads the group with units resolved', async () => {
  const { erps } = await withApprovals(`  approvals:
    after_approval: server_runs
    expires_after: "8h"
    show_amount: true
    notify: [{ type: slack, webhook: "secret:SLACK" }]
    remind_every: "2h"
    escalate: { after: "4h", notify: [{ type: email, recipients: ["diretoria@example.com"] }] }
    alert: { not_executed_after: "30m", notify: [{ type: slack, webhook: "secret:SLACK" }] }
`)
  const config = erps['loja']?.config
  expect(config?.rbac.approvals).toEqual({
    after_approval: 'server_runs',
    expires_s: 28_800,
    show_amount: true,
    notify: [{ type: 'slack', webhook: 'secret:SLACK' }],
    remind_s: 7_200,
    escalate: { after_s: 14_400, notify: [{ type: 'email', recipients: ['diretoria@example.com'] }] },
    alert: { not_executed_s: 1_800, notify: [{ type: 'slack', webhook: 'secret:SLACK' }] },
  })
  expect(isConfig(config)).toBe(true)
})

test('what is left out is: a day, repeated by the client, told to nobody', async () => {
  const { erps } = await withApprovals('  approvals: { show_amount: false }\n')
  expect(erps['loja']?.config.rbac.approvals).toEqual({
    after_approval: 'client_repeats',
    expires_s: 86_400,
    show_amount: false,
    notify: [],
    remind_s: null,
    escalate: null,
  })
})

test('a bundle of before the group stays good', async () => {
  const { erps } = await withApprovals('')
  expect(erps['loja']?.config.rbac).not.toHaveProperty('approvals')
  expect(isConfig(erps['loja']?.config)).toBe(true)
})

test.each([
  ['an unknown way to go on', '  approvals: { after_approval: agent_decides }\n', 'VALUE_UNKNOWN'],
  ['a key of another name', '  approvals: { remind: "1h" }\n', 'KEY_UNKNOWN'],
  ['a duration without a unit', '  approvals: { expires_after: "24" }\n', 'DURATION_MALFORMED'],
  [
    'a webhook written out',
    '  approvals: { notify: [{ type: slack, webhook: "https://chat.example/hook" }] }\n',
    'SECRET_LITERAL',
  ],
  [
    'a webhook written out where it escalates',
    '  approvals: { escalate: { after: "1h", notify: [{ type: slack, webhook: "https://chat.example/hook" }] } }\n',
    'SECRET_LITERAL',
  ],
])('%s is a finding', async (_what, text, code) => {
  const { findings } = await withApprovals(text)
  expect(findings.map((finding) => finding.code)).toEqual([code])
})

const TO_OWNERS = `  approvals:
    notify: [{ type: email, recipients: owners }]
    escalate: { after: "4h", notify: [{ type: email, recipients: owners }] }
    alert: { not_executed_after: "30m", notify: [{ type: email, recipients: owners }] }
`

function withOwners(owners: string): Promise<Validated> {
  const edits = [
    { file: 'policies/loja/rbac.yaml', replace: '  tools:\n', with: `${TO_OWNERS}  tools:\n` },
    { file: 'policies/loja/owners.yaml', write: owners },
  ]
  return withTree(edits, async (root) => validateTree((await loadTree(root)).tree))
}

test('what goes to the owners goes to each of them, as alerts do', async () => {
  const { erps, findings } = await withOwners('owners:\n  - { email: a@loja.example }\n  - { email: b@loja.example }\n')
  expect(findings).toEqual([])
  const told = [{ type: 'email', recipients: ['a@loja.example', 'b@loja.example'] }]
  expect(erps['loja']?.config.rbac.approvals).toMatchObject({
    notify: told,
    escalate: { notify: told },
    alert: { notify: told },
  })
  expect(isConfig(erps['loja']?.config)).toBe(true)
})

test('requests that go to owners whom nobody named are a finding at each place', async () => {
  const { findings } = await withOwners('owners: []\n')
  const places = findings.filter(({ code }) => code === 'ALERT_TO_NOBODY')
  expect(places.map(({ file, severity }) => [file, severity])).toEqual([
    ['policies/loja/rbac.yaml', 'error'],
    ['policies/loja/rbac.yaml', 'error'],
    ['policies/loja/rbac.yaml', 'error'],
  ])
})
