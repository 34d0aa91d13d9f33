import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../../helpers/needs.ts'
import { type Prometheus, startPrometheus } from '../../helpers/prometheus.ts'
import { type Receivers, startReceivers } from '../../helpers/receivers.ts'
import { type Alerting, forge, startAlerting, until } from './alerting.ts'

const ALCADA = new URL('../../../engine/alcada.mjs', import.meta.url).pathname
const DASHBOARD = new URL('../../../servers/ops/dashboard/alcada.json', import.meta.url)

const RUNBOOK = 'https://console.example.com.br/console/alerts'

const ALERTS = {
  response_time: '{ threshold: 0.5, severity: warning, for: "0s" }',
  error_rate: '{ threshold: 0.5, severity: critical, for: "2s" }',
  rate_limit: '{ threshold: 10, severity: warning, for: "0s" }',
  authentication_failures: '{ threshold: 5, severity: critical }',
  disk_space: '{ threshold: 0.000001, severity: warning, for: "0s" }',
}

describe.skipIf(needs('prometheus').missing !== null)('a real Prometheus scrapes a real server', () => {
  let receivers: Receivers
  let line: Alerting
  let prometheus: Prometheus
  let place: string
  beforeAll(async () => {
    receivers = await startReceivers()
    line = await startAlerting(receivers, ALERTS)
    place = await mkdtemp(join(tmpdir(), 'alcada-rules-'))
    exportRules()
    prometheus = await startPrometheus({ ops: line.alcada.ops, rules: join(place, 'omie.rules.yaml') })
    // One of everything: done, failed, of no such tool, of one that is hidden, denied by the policy, forged.
    await line.call('viewer', 'get_customers_list', { page: 1, page_size: 2 })
    line.standIn.failNext({ status: 503, body: 'down' })
    await line.call('viewer', 'get_customers_list', { page: 2, page_size: 2 })
    await line.call('viewer', 'no_such_tool', {})
    await line.call('approver', 'get_customers_list', {})
    const payment = {
      payable_id: '2701001',
      account_id: '2243121',
      amount: 9_000_000,
      date: '2026-11-25',
      reference: 'P',
    }
    const denied = await line.call('operator', 'create_payment', payment)
    expect(denied.refusal?.error.code).toBe('amount_above_open')
    await forge(line, '203.0.113.9')
  })
  afterAll(async () => {
    await prometheus?.stop()
    await line?.stop()
    await receivers?.close()
    await rm(place, { recursive: true, force: true })
  })

  function exportRules(): void {
    const { root } = line.alcada.project
    execFileSync(process.execPath, [
      ALCADA,
      '--root',
      root,
      'alerts',
      'export',
      'omie',
      '--out',
      place,
      '--runbook',
      RUNBOOK,
    ])
  }

  test('promtool has nothing to say of what it gets', async () => {
    const text = await (await fetch(`${line.alcada.ops}/metrics`)).text()
    const said = execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8', stdio: 'pipe' })
    expect(said).toBe('')
  })

  test('promtool has something to say of a metric that breaks the conventions', () => {
    const text = '# TYPE alcada_calls counter\nalcada_calls 1\n'
    expect(() => execFileSync('promtool', ['check', 'metrics'], { input: text, stdio: 'pipe' })).toThrow('_total')
  })

  test.each([
    'alcada_requests_total',
    'alcada_requests_success_total',
    'alcada_requests_failed_total',
    'alcada_average_response_time_seconds',
    'alcada_active_connections',
    'alcada_rate_limit_hits_total',
  ])('the governance document asks for %s', async (name) => {
    await until(async () => (await prometheus.query(`${name}{erp="omie"}`)).length > 0)
  })

  test('what was asked of the server is what Prometheus knows', async () => {
    const value = async (expression: string): Promise<number | undefined> =>
      (await prometheus.query(`sum(${expression})`))[0]?.value
    await until(async () => (await value('alcada_requests_total')) === 5)
    expect(await value('alcada_requests_failed_total')).toBe(1)
    expect(await value('alcada_requests_success_total')).toBe(1)
    expect(await value('alcada_requests_denied_total')).toBe(3)
    expect(await value('alcada_erp_calls_total{outcome="done"}')).toBe(3)
    expect(await value('alcada_decision_reasons_total{effect="deny", reason="amount_above_open"}')).toBe(1)
    expect(await value('alcada_decisions_total{effect="allow"}')).toBe(2)
    // What is no tool is the caller's own text.
    expect(await value('alcada_requests_total{tool="", code="unknown_tool"}')).toBe(1)
  })

  test('no series names a caller, a person or a company', async () => {
    const text = await (await fetch(`${line.alcada.ops}/metrics`)).text()
    for (const name of ['agent-1', 'u17', '12345678000195', '203.0.113.9', 'no_such_tool']) {
      expect(text).not.toContain(name)
    }
  })

  test('every query of the dashboard is answered', { timeout: 300_000 }, async () => {
    const expressions = queriesOf(JSON.parse(readFileSync(DASHBOARD, 'utf8')))
    expect(expressions.length).toBeGreaterThan(30)
    // Rates need two scrapes, and notices a turn of the alerts.
    let silent = expressions
    await until(async () => {
      const still: string[] = []
      for (const expression of silent) {
        const asked = expression.replaceAll('$erp', 'omie').replaceAll('$__rate_interval', '1m')
        if ((await prometheus.query(asked)).length === 0) still.push(expression)
      }
      silent = still
      return silent.length === 0
    })
  })

  test('a query of something that the server does not tell is answered with nothing', async () => {
    expect(await prometheus.query('alcada_requests_forgotten_total')).toEqual([])
  })

  const fires = async (code: string): Promise<boolean> => (await prometheus.firing()).includes(code)
  const heard = (words: string): number => receivers.posts.filter((post) => post.includes(words)).length
  let page = 10
  const read = (): Promise<unknown> => {
    page += 1
    return line.call('viewer', 'get_customers_list', { page, page_size: 1 })
  }
  const REDUNDANT = {
    status: 500,
    body: {
      faultcode: 'SOAP-ENV:Client-6',
      faultstring: 'ERROR: Consumo redundante detectado. Aguarde 59 segundos',
    },
  }

  test.each<[code: string, title: string, severity: 'warning' | 'critical', cause: () => Promise<unknown>]>([
    [
      'response_time',
      'tempo de resposta',
      'warning',
      () => {
        line.standIn.failNext({ delayMs: 700 })
        return read()
      },
    ],
    [
      'error_rate',
      'taxa de erro',
      'critical',
      () => {
        line.standIn.failNext({ status: 503, body: 'down' })
        return read()
      },
    ],
    [
      'rate_limit',
      'limite de chamadas',
      'warning',
      () => {
        line.standIn.failNext(REDUNDANT)
        return read()
      },
    ],
    ['authentication_failures', 'falhas de autenticação', 'critical', () => forge(line, '203.0.113.9')],
  ])(
    '%s: the exported rule fires by the same cause as the server, and ends with it',
    {
      timeout: 300_000,
    },
    async (code, title, severity, cause) => {
      const over = (): boolean => heard(title) === 2 * heard(`Resolvido: ${title}`)
      // What an alert before this one, or the first calls, had caused has to be over.
      await until(async () => !(await fires(code)) && over())
      const [before, mailed] = [heard(title), receivers.mails.length]
      await until(async () => {
        await cause()
        return (await fires(code)) && heard(title) > before
      })
      await until(async () => !(await fires(code)) && over())
      const [raised, resolved] = receivers.posts.filter((post) => post.includes(title)).slice(before)
      expect(raised).toContain(severity === 'critical' ? 'ALERTA CRÍTICO: ' : 'Alerta: ')
      expect(resolved).toContain(`Resolvido: ${title}`)
      // Of mail, alerts.yaml says that it is for what is critical.
      const mails = (): string[] => receivers.mails.slice(mailed).map(({ body }) => body)
      const mine = (): number => mails().filter((body) => body.includes(title)).length
      await until(() => mine() >= (severity === 'critical' ? 2 : 0))
      if (severity === 'warning') expect(mine()).toBe(0)
    },
  )

  test('disk_space: it fires, and ends under a policy that allows more, whose rules Prometheus reads again', {
    timeout: 300_000,
  }, async () => {
    await until(async () => (await fires('disk_space')) && heard('Alerta: espaço em disco') === 1)
    await line.alerts({ ...ALERTS, disk_space: '{ threshold: 1.0, severity: warning, for: "0s" }' })
    exportRules()
    prometheus.readAgain()
    await until(async () => !(await fires('disk_space')) && heard('Resolvido: espaço em disco') === 1)
  })

  test('server_gone: it fires once the server is killed, leads to its line of the runbook, and ends with its start', {
    timeout: 300_000,
  }, async () => {
    const file = join(place, 'omie.rules.yaml')
    const rules = readFileSync(file, 'utf8')
    expect(rules).toContain(`${RUNBOOK}#server_gone`)
    // Five minutes are for a restart; here a second is enough.
    const hasty = rules.replace(/(alert: AlcadaServerGone[\s\S]*?for: )5m/, '$11s')
    expect(hasty).not.toBe(rules)
    writeFileSync(file, hasty)
    prometheus.readAgain()
    process.kill(line.alcada.pid, 'SIGKILL')
    await until(() => fires('server_gone'))
    await line.alcada.restart()
    await until(async () => !(await fires('server_gone')))
  })

  test('nothing was told twice: each alert that was raised has one end', () => {
    const raised = receivers.posts.filter((post) => !post.includes('Resolvido'))
    expect(receivers.posts).toHaveLength(2 * raised.length)
  })
})

/** Every `expr` of a dashboard, wherever it stands. */
function queriesOf(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return []
  return Object.entries(part).flatMap(([key, value]) =>
    key === 'expr' && typeof value === 'string' ? [value] : queriesOf(value),
  )
}
