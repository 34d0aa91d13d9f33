import type { Command } from 'commander'
import { format, whole } from './options.ts'
import type { Registration } from './registration.ts'

/** What speaks to GitHub about a change: propose, comment. */
export function pullRequestVerbs(program: Command, { root, environment, end }: Registration): void {
  program
    .command('propose')
    .description(
      'make the change a pull request, or update it: judged first, pushed to a branch of its own, never by force; your branch, index and files stay as they are',
    )
    .requiredOption('-m, --message <text>', 'first line: the title; the rest: why')
    .option(
      '--set <file:pointer=value...>',
      'exactly this, on top of the default branch, as policies/omie/rbac.yaml:/rbac/alcada/settle/0/up_to=2000.00 (default: what the working tree holds)',
      [],
    )
    .option('--branch <name>', 'default: made from the title, so that the same title updates the same pull request')
    .option('--log <file...>', 'decision logs, files or https addresses: what it would have done to past calls', [])
    .option('--dry-run', 'say what would be done', false)
    .addOption(format())
    .action(
      async (options: {
        message: string
        set: string[]
        branch?: string
        log: string[]
        dryRun: boolean
        format: 'text' | 'json'
      }) => {
        const { propose } = await import('./propose.ts')
        end(await propose({ root: root(), ...options, environment }))
      },
    )

  program
    .command('comment')
    .description(
      'the same summary for a pull request that was made otherwise, as its one comment; run it on the checked-out head, of which nothing is run',
    )
    .argument('[pull]', 'number of the pull request (default: print the summary)', whole)
    .requiredOption('--base <ref>', 'the branch it would be merged into, such as origin/main')
    .option('--log <file...>', 'decision logs, files or https addresses', [])
    .action(async (pull: number | undefined, options: { base: string; log: string[] }) => {
      const { comment } = await import('./comment.ts')
      end(await comment({ root: root(), ...(pull === undefined ? {} : { pull }), ...options, environment }))
    })
}
