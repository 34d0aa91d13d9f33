import type { Command } from 'commander'
import { format, whole } from './options.ts'
import type { Registration } from './registration.ts'

interface LoadFlags {
  users: number
  duration: number
  ramp?: number
  pause: number
  limitFactor: number
  target?: string
  tokenFile: string[]
  allowRemote: string[]
  html?: string
  format: 'text' | 'json'
}

/** `alcada load-test`. */
export function loadTestVerb(program: Command, { root, environment, end }: Registration): void {
  program
    .command('load-test')
    .description(
      'users of every role at the same time, through real MCP requests, measured against alerts.yaml; exit 3 when a threshold is not met',
    )
    .argument('<erp>')
    .option('--users <count>', 'at the same time, at most 1000', whole, 100)
    .option('--duration <seconds>', 'at most 600', whole, 60)
    .option('--ramp <seconds>', 'over which users come to work (default: a tenth of the duration)', whole)
    .option('--pause <ms>', 'between an answer and the next call of a user, on average', whole, 1_500)
    .option('--limit-factor <times>', "multiplies the stand-in's own limits", whole, 1_000)
    .option('--target <url>', 'MCP endpoint of a server that runs already; only reads are sent to it')
    .option('--token-file <file...>', 'with --target: tokens, one in each file; users take them in turn', [])
    .option('--allow-remote <host...>', 'with --target: a host besides this machine that may be put under load', [])
    .option('--html <file>', 'also a report with plots, in one file')
    .addOption(format())
    .action(async (erp: string, options: LoadFlags) => {
      const { loadTest } = await import('./load-test.ts')
      end(await loadTest({ root: root(), erp, ...options, environment }))
    })
}
