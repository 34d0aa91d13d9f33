import { type Command, Option } from 'commander'
import type { Registration } from './registration.ts'

interface ExportFlags {
  out: string
  smarthost: string
  from: string
  secrets: string
  runbook?: string
  format: 'text' | 'json'
}

/** `alcada alerts` with its verb. */
export function alertVerbs(program: Command, { root, environment, end }: Registration): void {
  const alerts = program.command('alerts').description('the alerts of alerts.yaml, for other programs')
  alerts
    .command('export')
    .description('write <dir>/<erp>.rules.yaml for Prometheus and <dir>/alertmanager.yaml')
    .argument('[erp...]', 'only these')
    .requiredOption('--out <dir>', 'where to')
    .option('--smarthost <host:port>', 'the server that takes mail', 'localhost:25')
    .option('--from <address>', 'who mail comes from', 'alcada@localhost')
    .option('--secrets <dir>', 'where Alertmanager finds webhooks: <dir>/<erp>/<NAME>', '/etc/alertmanager/secrets')
    .option('--runbook <url>', "address of the runbook, such as the console's /console/alerts")
    .addOption(new Option('--format <format>', 'how to report').choices(['text', 'json']).default('text'))
    .action(async (erps: string[], { runbook, ...options }: ExportFlags) => {
      const { alertsExport } = await import('./alerts-export.ts')
      end(await alertsExport({ root: root(), erps, environment, ...options, runbook: runbook ?? null }))
    })
}
