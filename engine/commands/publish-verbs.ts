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

/** What brings merged policies to the servers: publish. */
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
}
