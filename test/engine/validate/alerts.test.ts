import { expect, test } from 'vitest'
import type { AlertsConfig } from '../../../engine/contract/config-alerts.ts'
import { isConfig } from '../../../engine/contract/config-guard.ts'
import type { Finding } from '../../../engine/contract/finding.ts'
import { loadTree } from '../../../engine/load/load.ts'
import { validateTree } from '../../../engine/validate/validate.ts'
import { withTree } from '../../helpers/overlay.ts'

interface Judged {
  alerts: AlertsConfig | undefined
  accepted: boolean
  findings: Finding[]
}

function withAlerts(from: string, to: string): Promise<Judged> {
  const edit = { file: 'policies/loja/alerts.yaml', replace: from, with: to }
  return withTree([edit], async (root) => {
    const { erps, findings } = validateTree((await loadTree(root)).tree)
    const config = erps['loja']?.config
    return { alerts: config?.alerts, accepted: isConfig(config), findings }
  })
}

test('a server reads window, durations and the three further alerts with units resolved', async () => {
  const { alerts, accepted } = await withAlerts(
    'response_time: { threshold: 2.0, severity: warning }\n',
    `response_time: { threshold: 2.0, severity: warning, for: "0s" }
  window: "30s"
  policy_rejected: { severity: critical, for: "10m" }
  policy_expiry: { threshold: "7d", severity: warning }
  approval_not_executed: { threshold: "2h", severity: critical, for: "5s" }
`,
  )
  expect(alerts).toMatchObject({
    window_s: 30,
    response_time: { threshold_s: 2, severity: 'warning', for_s: 0 },
    policy_rejected: { severity: 'critical', for_s: 600 },
    policy_expiry: { threshold_s: 604_800, severity: 'warning', for_s: 0 },
    approval_not_executed: { threshold_s: 7_200, severity: 'critical', for_s: 5 },
  })
  expect(accepted).toBe(true)
})

test('what is left out is: five minutes, a minute where a mean is judged, and the further alerts all the same', async () => {
  const { alerts } = await withAlerts('threshold: 2.0', 'threshold: 3.5')
  expect(alerts).toMatchObject({
    window_s: 300,
    response_time: { threshold_s: 3.5, for_s: 60 },
    error_rate: { threshold: 0.05, severity: 'critical', for_s: 60 },
    rate_limit: { threshold_per_minute: 10, for_s: 60 },
    authentication_failures: { threshold: 5, for_s: 0 },
    disk_space: { threshold: 0.9, for_s: 60 },
    policy_rejected: { severity: 'warning', for_s: 0 },
    policy_expiry: { threshold_s: 259_200, severity: 'critical', for_s: 0 },
    approval_not_executed: { threshold_s: 1_800, severity: 'warning', for_s: 0 },
  })
})

test.each([
  ['for: "1d"', 'severity: warning, for: "1d" }'],
  ['for: "-1s"', 'severity: warning, for: "-1s" }'],
])('%s is no time for something to last', async (_, text) => {
  const { findings } = await withAlerts('2.0, severity: warning }', `2.0, ${text}`)
  expect(findings.map(({ code, line }) => ({ code, line }))).toEqual([{ code: 'VALUE_MALFORMED', line: 2 }])
})

test('a config of a bundle from before these keys is still accepted', async () => {
  const older = await withTree([], async (root) => {
    const config = validateTree((await loadTree(root)).tree).erps['loja']?.config
    if (config === undefined) return null
    const { response_time, error_rate, rate_limit, authentication_failures, disk_space, notifications } = config.alerts
    const bare = ({ for_s: _, ...terms }: { for_s?: number }): object => terms
    const alerts = {
      ...{ response_time: bare(response_time), error_rate: bare(error_rate), rate_limit: bare(rate_limit) },
      ...{ authentication_failures: bare(authentication_failures), disk_space: bare(disk_space), notifications },
    }
    return { ...config, alerts }
  })
  expect(isConfig(older)).toBe(true)
})

test('what goes to the owners goes to each of them, and their file is the one place', async () => {
  const owners = 'owners:\n  - { email: a@loja.example, github: first }\n  - { email: b@loja.example }\n'
  const edits = [
    { file: 'policies/loja/alerts.yaml', replace: 'recipients: [financeiro@loja.example]', with: 'recipients: owners' },
    { file: 'policies/loja/owners.yaml', write: owners },
  ]
  await withTree(edits, async (root) => {
    const { erps, findings } = validateTree((await loadTree(root)).tree)
    expect(findings).toEqual([])
    expect(isConfig(erps['loja']?.config)).toBe(true)
    expect(erps['loja']?.config.alerts.notifications[0]).toEqual({
      type: 'email',
      recipients: ['a@loja.example', 'b@loja.example'],
      severity: ['critical'],
    })
  })
})
