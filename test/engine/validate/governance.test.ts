import { expect, test } from 'vitest'
import type { Finding } from '../../../engine/contract/finding.ts'
import { loadTree } from '../../../engine/load/load.ts'
import { validateTree } from '../../../engine/validate/validate.ts'
import { type Edit, withTree } from '../../helpers/overlay.ts'

/** The governance document's own examples, as they stand there (design, S1 and S7). */
const S1 = `security:
  authentication:
    type: token_based
    token_rotation: "24h"
    max_failures: 3
    lockout_duration: "15m"
    encryption: "AES-256"
  authorization:
    rbac_enabled: true
    default_role: "readonly"
    admin_approval: true
  audit:
    log_all_requests: true
    log_sensitive_data: false
    retention_days: 90
`
const S7 = `alerts:
  response_time:
    threshold: 2.0
    severity: warning
  error_rate:
    threshold: 0.05
    severity: critical
  rate_limit:
    threshold: 10
    severity: warning
  authentication_failures:
    threshold: 5
    severity: critical
  disk_space:
    threshold: 0.90
    severity: warning
  notifications:
    - type: email
      recipients: ["financeiro@example.com.br"]
      severity: [critical]
    - type: slack
      webhook: "https://hooks.slack.com/..."
      severity: [warning, critical]
`

async function check(edits: Edit[]): Promise<{ findings: Finding[]; erps: string[] }> {
  return withTree(edits, async (root) => {
    const { tree, findings } = await loadTree(root)
    const validated = validateTree(tree)
    return { findings: [...findings, ...validated.findings], erps: Object.keys(validated.erps) }
  })
}

test('the governance document’s security.yaml passes as it stands', async () => {
  expect(await check([{ file: 'policies/loja/security.yaml', write: S1 }])).toEqual({
    findings: [],
    erps: ['eco', 'loja'],
  })
})

test('the governance document’s alerts.yaml passes as it stands, with a warning at its placeholder webhook', async () => {
  const { findings, erps } = await check([{ file: 'policies/loja/alerts.yaml', write: S7 }])
  expect(findings).toMatchObject([{ code: 'WEBHOOK_PLACEHOLDER', severity: 'warning', line: 22, column: 16 }])
  expect(erps).toEqual(['eco', 'loja'])
})

test('a real webhook is an error, whose words do not repeat it', async () => {
  const write = S7.replace('https://hooks.slack.com/...', 'https://hooks.slack.com/services/T000/B000/not-a-real-one')
  const { findings, erps } = await check([{ file: 'policies/loja/alerts.yaml', write }])
  expect(findings).toMatchObject([{ code: 'SECRET_LITERAL', severity: 'error', line: 22, column: 16 }])
  expect(JSON.stringify(findings)).not.toContain('not-a-real-one')
  expect(erps).toEqual(['eco'])
})

test('every part of the security example must be there: without any one of its keys it is a finding', async () => {
  const lines = S1.split('\n')
  for (const [index, line] of lines.entries()) {
    if (!/^ {4}\S/.test(line)) continue
    const write = lines.filter((_, each) => each !== index).join('\n')
    const { findings } = await check([{ file: 'policies/loja/security.yaml', write }])
    expect(
      findings.map((finding) => finding.code),
      line,
    ).toEqual(['KEY_MISSING'])
  }
})
