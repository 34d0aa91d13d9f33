import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { freePort } from './free-port.ts'

export interface Prometheus {
  /** The result of an expression: labels and value of each series. Throws with what Prometheus says of it. */
  query(expression: string): Promise<{ metric: Record<string, string>; value: number }[]>
  /** Alerts that fire now, by their label `code`. */
  firing(): Promise<string[]>
  /** Has it read its files again: the rules may be others. */
  readAgain(): void
  stop(): Promise<void>
}

/** A Prometheus of its own on loopback that scrapes one server every second. Ask `needs('prometheus')` first. */
export async function startPrometheus({ ops, rules }: { ops: string; rules?: string }): Promise<Prometheus> {
  const place = mkdtempSync(join(tmpdir(), 'alcada-prometheus-'))
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: rules === undefined ? [] : [rules],
    scrape_configs: [{ job_name: 'alcada', static_configs: [{ targets: [new URL(ops).host] }] }],
  }
  // JSON is YAML.
  writeFileSync(join(place, 'prometheus.yaml'), JSON.stringify(config))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child: ChildProcess = spawn(
    'prometheus',
    [
      `--config.file=${join(place, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${join(place, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: 'ignore', env: { PATH: process.env['PATH'] ?? '' } },
  )
  const exited = new Promise((resolve) => child.once('exit', resolve))

  async function ask(path: string): Promise<Record<string, unknown>> {
    const answer: unknown = await (await fetch(`${url}${path}`)).json()
    if (typeof answer !== 'object' || answer === null || !('status' in answer)) throw new Error('expected an answer')
    if (answer.status !== 'success') throw new Error(JSON.stringify(answer))
    return Object('data' in answer ? answer.data : {})
  }
  for (let tries = 0; ; tries += 1) {
    const ready = await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (ready) break
    if (tries === 600 || child.exitCode !== null) throw new Error('Prometheus did not start')
    await setTimeout(100)
  }
  return {
    async query(expression) {
      const { result } = await ask(`/api/v1/query?query=${encodeURIComponent(expression)}`)
      return (Array.isArray(result) ? result : []).map(({ metric, value }) => ({ metric, value: Number(value[1]) }))
    },
    async firing() {
      const { alerts } = await ask('/api/v1/alerts')
      const all: { state: string; labels: Record<string, string> }[] = Array.isArray(alerts) ? alerts : []
      return all.filter(({ state }) => state === 'firing').map(({ labels }) => labels['code'] ?? '')
    },
    readAgain: () => void child.kill('SIGHUP'),
    async stop() {
      child.kill('SIGTERM')
      await exited
      rmSync(place, { recursive: true, force: true })
    },
  }
}
