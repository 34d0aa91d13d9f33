import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const textOf = (path: string): string => readFileSync(new URL(`../../../servers/${path}`, import.meta.url), 'utf8')
/** A histogram goes by its name, whichever of its series is asked for. */
const metricsIn = (text: string): Set<string> =>
  new Set(text.match(/alcada_[a-z_]+[a-z]/g)?.map((name) => name.replace(/_(bucket|sum|count)$/, '')))

test('the dashboard shows every metric that servers/README.md names, those of the governance document among them', () => {
  const [, told = ''] = textOf('README.md').split('## Metrics\n')
  const [section = ''] = told.split('\n## ')
  const named = metricsIn(section)
  expect(named.size).toBeGreaterThan(25)
  expect([...named.difference(metricsIn(textOf('ops/dashboard/alcada.json')))]).toEqual([])
  for (const name of [
    'alcada_requests_total',
    'alcada_requests_success_total',
    'alcada_requests_failed_total',
    'alcada_average_response_time_seconds',
    'alcada_active_connections',
    'alcada_rate_limit_hits_total',
  ]) {
    expect(textOf('ops/dashboard/alcada.json')).toContain(`${name}{`)
  }
})
