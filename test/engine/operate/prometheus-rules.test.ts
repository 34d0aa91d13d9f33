import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { AlertsConfig } from '../../../engine/contract/config-alerts.ts'
import { alertmanagerConfig } from '../../../engine/operate/alertmanager.ts'
import { prometheusRules } from '../../../engine/operate/prometheus-rules.ts'
import { needs } from '../../helpers/needs.ts'

const CONFIG: AlertsConfig = {
  response_time: { threshold_s: 2, severity: 'warning' },
  error_rate: { threshold: 0.05, severity: 'critical' },
  rate_limit: { threshold_per_minute: 10, severity: 'warning' },
  authentication_failures: { threshold: 5, severity: 'critical' },
  disk_space: { threshold: 0.9, severity: 'warning' },
  notifications: [
    { type: 'email', recipients: ['a@example.com', 'b@example.com'], severity: ['critical'] },
    { type: 'slack', webhook: 'secret:SLACK_WEBHOOK', severity: ['warning', 'critical'] },
    { type: 'slack', webhook: 'https://hooks.slack.com/...', severity: ['warning'] },
  ],
}

/** Series a minute apart for half an hour, just below each threshold and at it, and what Prometheus should say. */
const CASES: readonly [code: string, name: string, below: [string, string][], at: [string, string][]][] = [
  [
    'response_time',
    'ResponseTime',
    [
      ['alcada_request_duration_seconds_sum', '0+59x30'],
      ['alcada_request_duration_seconds_count', '0+30x30'],
    ],
    [
      ['alcada_request_duration_seconds_sum', '0+60x30'],
      ['alcada_request_duration_seconds_count', '0+30x30'],
    ],
  ],
  [
    'error_rate',
    'ErrorRate',
    [
      ['alcada_requests_failed_total', '0+4x30'],
      ['alcada_requests_success_total', '0+96x30'],
      ['alcada_requests_denied_total', '0+100x30'],
    ],
    [
      ['alcada_requests_failed_total', '0+5x30'],
      ['alcada_requests_success_total', '0+95x30'],
      ['alcada_requests_denied_total', '0+100x30'],
    ],
  ],
  [
    'rate_limit',
    'RateLimit',
    [['alcada_rate_limit_hits_total', '0+9x30']],
    [['alcada_rate_limit_hits_total', '0+10x30']],
  ],
  [
    'authentication_failures',
    'AuthenticationFailures',
    [['alcada_authentication_failures_in_a_row', '4x30']],
    [['alcada_authentication_failures_in_a_row', '5x30']],
  ],
  ['disk_space', 'DiskSpace', [['alcada_disk_used_ratio', '0.89x30']], [['alcada_disk_used_ratio', '0.9x30']]],
  ['policy_rejected', 'PolicyRejected', [['alcada_policy_rejected', '0x30']], [['alcada_policy_rejected', '1x30']]],
  [
    // Asked at 1200 s: 72 hours and 20 minutes.
    'policy_expiry',
    'PolicyExpiry',
    [['alcada_policy_expires_timestamp_seconds', '260401x30']],
    [['alcada_policy_expires_timestamp_seconds', '260400x30']],
  ],
  [
    'approval_not_executed',
    'ApprovalNotExecuted',
    [['alcada_approved_wait_seconds', '1799x30']],
    [['alcada_approved_wait_seconds', '1800x30']],
  ],
]

const SEVERITY: Record<string, string> = {
  error_rate: 'critical',
  authentication_failures: 'critical',
  policy_expiry: 'critical',
  server_gone: 'critical',
}

describe.skipIf(needs('prometheus').missing !== null)('alerts as rules of Prometheus', () => {
  const place = mkdtempSync(join(tmpdir(), 'alcada-rules-'))
  const rules = prometheusRules('omie', CONFIG, 'https://console.example/console/alerts')
  // JSON is YAML.
  writeFileSync(join(place, 'rules.yaml'), JSON.stringify(rules))

  /** Throws with what promtool says. */
  function promtool(name: string, series: [string, string][], firing: readonly string[]): void {
    const asked = ['AlcadaServerGone', ...CASES.map(([, short]) => `Alcada${short}`)]
    const alert_rule_test = asked.map((alertname) => {
      const code = CASES.find(([, short]) => `Alcada${short}` === alertname)?.[0] ?? 'server_gone'
      const rule = rules.groups[0]?.rules.find(({ alert }) => alert === alertname)
      const exp_labels = { severity: SEVERITY[code] ?? 'warning', erp: 'omie', code }
      const fires = firing.includes(code)
      return {
        eval_time: '20m',
        alertname,
        exp_alerts: fires ? [{ exp_labels, exp_annotations: rule?.annotations }] : [],
      }
    })
    const content = {
      rule_files: [join(place, 'rules.yaml')],
      evaluation_interval: '1m',
      tests: [
        {
          interval: '1m',
          input_series: series.map(([metric, values]) => ({
            series: `${metric}{erp="omie"}`,
            values: values.includes('+') ? values : values.replace(/^(.*)x/, '$1+0x'),
          })),
          alert_rule_test,
        },
      ],
    }
    writeFileSync(join(place, `${name}.json`), JSON.stringify(content))
    try {
      execFileSync('promtool', ['test', 'rules', join(place, `${name}.json`)], { encoding: 'utf8', stdio: 'pipe' })
    } catch (error) {
      const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : ''
      throw new Error(said, { cause: error })
    }
  }

  test('promtool accepts them', () => {
    expect(execFileSync('promtool', ['check', 'rules', join(place, 'rules.yaml')], { encoding: 'utf8' })).toContain(
      '9 rules found',
    )
  })

  test.each(CASES)('%s fires at its threshold and not below', (code, name, below, at) => {
    const alive: [string, string] = ['alcada_build_info', '1x30']
    promtool(`${name}-below`, [...below, alive], [])
    promtool(`${name}-at`, [...at, alive], [code])
  })

  test('a server that is gone is missed, and one that was is not', () => {
    promtool('gone', [], ['server_gone'])
    expect(() => promtool('there', [['alcada_build_info', '1x30']], ['server_gone'])).toThrow('AlcadaServerGone')
  })

  test('window and durations are those of alerts.yaml', () => {
    const config = { ...CONFIG, window_s: 90, error_rate: { threshold: 0.1, severity: 'warning' as const, for_s: 30 } }
    const rule = prometheusRules('nibo', config, null).groups[0]?.rules[1]
    expect(rule).toMatchObject({
      alert: 'AlcadaErrorRate',
      for: '30s',
      labels: { severity: 'warning', erp: 'nibo', code: 'error_rate' },
    })
    expect(rule?.expr).toContain('alcada_requests_failed_total{erp="nibo"}[90s]')
    expect(rule?.expr).toMatch(/>= 0\.1$/)
    expect(Object.keys(rule?.annotations ?? {})).toEqual(['summary', 'description'])
  })
})

describe.skipIf(needs('alertmanager').missing !== null)('who is told, as a configuration of Alertmanager', () => {
  const place = mkdtempSync(join(tmpdir(), 'alcada-alertmanager-'))
  const file = join(place, 'alertmanager.json')
  const options = { smarthost: 'mail.example:25', from: 'alcada@example.com', secrets: '/etc/alertmanager/secrets' }
  const config = alertmanagerConfig({ omie: CONFIG, nibo: CONFIG }, options)
  writeFileSync(file, JSON.stringify(config))

  const routesTo = (...labels: string[]): string =>
    execFileSync('amtool', ['config', 'routes', 'test', `--config.file=${file}`, ...labels], {
      encoding: 'utf8',
    }).trim()

  test('amtool accepts it, and the placeholder of the governance document is no receiver', () => {
    expect(execFileSync('amtool', ['check-config', file], { encoding: 'utf8' })).toContain('5 receivers')
  })

  test('by severity, and only to those of the ERP', () => {
    expect(routesTo('erp=omie', 'severity=critical')).toBe('omie-1,omie-2')
    expect(routesTo('erp=omie', 'severity=warning')).toBe('omie-2')
    expect(routesTo('erp=nibo', 'severity=critical')).toBe('nibo-1,nibo-2')
    expect(routesTo('erp=tryton', 'severity=critical')).toBe('nobody')
  })

  test('a webhook is a file that Alertmanager reads, and stands nowhere', () => {
    expect(JSON.stringify(config)).toContain('"api_url_file":"/etc/alertmanager/secrets/omie/SLACK_WEBHOOK"')
    expect(JSON.stringify(config)).not.toContain('hooks.slack.com')
  })
})
