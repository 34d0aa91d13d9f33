import { type Command, Option } from 'commander'
import { format, whole } from './options.ts'
import type { Registration } from './registration.ts'

interface PublishFlags {
  commit: string
  since?: string
  renew: number
  check: string[]
  app: string
  format: 'text' | 'json'
}

interface RollbackFlags {
  to: number
  reason: string
  emergency: boolean
  with?: string
}

interface DriftFlags {
  commit: string
  server: string[]
  issue: boolean
  format: 'text' | 'json'
}

/** What brings merged policies to the servers, takes it back, and looks whether it is there: publish, rollback, drift. */
export function publishVerbs(program: Command, { root, environment, end }: Registration): void {
  program
    .command('publish')
    .description(
      'sign what main says with the release’s key and publish it: every pull request since the last time is judged again, and its approvals are asked of GitHub; exit 3 when one does not hold',
    )
    .argument('[erp...]', 'publish only these; all are judged')
    .option('--commit <ref>', 'what is published', 'HEAD')
    .option('--since <ref>', 'the first time only: the commit of main that reviewed history begins after')
    .addOption(
      new Option('--renew <days>', 'publish again what expires within so many days').argParser(whole).default(16),
    )
    .option('--check <name...>', 'names of the checks that have to be green on what was merged', ['check'])
    .option('--app <slug>', 'the app that runs them', 'github-actions')
    .addOption(format())
    .action(async (erps: string[], { check: names, app, renew, ...options }: PublishFlags) => {
      const { publish } = await import('./publish.ts')
      end(await publish({ root: root(), erps, ...options, renewDays: renew, check: { names, app }, environment }))
    })

  program
    .command('rollback')
    .description(
      'bring old content back under a new, higher revision: through a pull request or, in an emergency, signed by two',
    )
    .argument('<erp>')
    .addOption(new Option('--to <revision>', 'whose content comes back').argParser(whole).makeOptionMandatory())
    .requiredOption('--reason <text>', 'why; it stands in the pull request, or in the signature')
    .option('--emergency', 'at once and for seven days, by the revocation keys of two persons', false)
    .option('--with <file>', 'what the other person has signed: publishes it')
    .action(async (erp: string, options: RollbackFlags) => {
      const { rollback } = await import('./rollback.ts')
      end(await rollback({ root: root(), erp, ...options, environment }))
    })

  program
    .command('drift')
    .description('does every running server enforce what main says? exit 3 when one does not')
    .option('--commit <ref>', 'what main is', 'HEAD')
    .option('--server <erp=url...>', 'where servers answer, one entry a replica (default: ALCADA_SERVERS)', [])
    .option('--issue', 'tell it in one issue, closed again when nothing differs', false)
    .addOption(format())
    .action(async ({ server, ...options }: DriftFlags) => {
      const { drift } = await import('./drift.ts')
      end(await drift({ root: root(), servers: server, ...options, environment }))
    })
}
