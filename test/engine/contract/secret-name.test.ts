import { expect, test } from 'vitest'
import { DEFAULT_APPROVAL_RULES } from '../../../engine/contract/approval-rules.ts'
import { secretsNamed } from '../../../engine/contract/secret-name.ts'
import { forgeConfig } from '../../helpers/forge/content.ts'

const slack = (name: string) => ({ type: 'slack' as const, webhook: `secret:${name}` })

// What is not named here, `alcada credentials set` neither asks for nor takes.
test('every place that may speak of a webhook names its secret, each once', () => {
  const { rbac, alerts } = forgeConfig()
  const approvals = {
    ...DEFAULT_APPROVAL_RULES,
    notify: [slack('ASKED'), { type: 'email' as const, recipients: ['a@example.com.br'] }],
    escalate: { after_s: 60, notify: [slack('LATE'), slack('ASKED')] },
    alert: { not_executed_s: 60, notify: [slack('NOT_DONE')] },
  }
  const notifications = [{ ...slack('RAISED'), severity: ['critical' as const] }]
  expect(secretsNamed({ rbac: { ...rbac, approvals }, alerts: { ...alerts, notifications } })).toEqual([
    'ASKED',
    'LATE',
    'NOT_DONE',
    'RAISED',
  ])
})
