import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { hasErrors } from '../compile/project.ts'
import type { AlertsConfig } from '../contract/config-alerts.ts'
import { sortFindings } from '../contract/finding.ts'
import { loadTree } from '../load/load.ts'
import { alertmanagerConfig } from '../operate/alertmanager.ts'
import { prometheusRules } from '../operate/prometheus-rules.ts'
import { formatFindings } from '../report/findings.ts'
import { validateTree } from '../validate/validate.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'

export interface AlertsExportOptions {
  root: string
  erps: readonly string[]
  out: string
  /** `host:port` of the server that takes mail. */
  smarthost: string
  from: string
  /** Folder of files that each hold one webhook. */
  secrets: string
  /** Address of the runbook; null: none. */
  runbook: string | null
  format: 'text' | 'json'
  environment: Environment
}

/** `alcada alerts export`: `<out>/<erp>.rules.yaml` for Prometheus and `<out>/alertmanager.yaml` for all of them. */
export async function alertsExport(options: AlertsExportOptions): Promise<ExitCode> {
  const { root, erps, out, runbook, format, environment } = options
  const loaded = await loadTree(root, erps.length === 0 ? undefined : erps)
  const checked = validateTree(loaded.tree)
  const findings = sortFindings([...loaded.findings, ...checked.findings])
  if (findings.length > 0) {
    const { texts: sources } = loaded.tree
    process.stderr.write(formatFindings(findings, 'text', { colour: environment.colour, sources }))
  }
  if (hasErrors(findings)) return EXIT.person
  await mkdir(out, { recursive: true })
  const alerts: Record<string, AlertsConfig> = {}
  const files: string[] = []
  const write = async (name: string, content: object): Promise<void> => {
    await writeFile(join(out, name), `${HEAD}${stringify(content, { lineWidth: 0 })}`)
    files.push(join(out, name))
  }
  for (const [erp, { config }] of Object.entries(checked.erps)) {
    alerts[erp] = config.alerts
    await write(`${erp}.rules.yaml`, prometheusRules(erp, config.alerts, runbook))
  }
  await write('alertmanager.yaml', alertmanagerConfig(alerts, options))
  process.stdout.write(format === 'json' ? `${JSON.stringify({ files })}\n` : files.map((file) => `${file}\n`).join(''))
  return EXIT.done
}

const HEAD = '# Written by `alcada alerts export` from alerts.yaml: change it there.\n'
