import type { Command } from 'commander'
import { format } from './options.ts'
import type { Registration } from './registration.ts'

interface ProtectFlags {
  check: string
  app: string
  format: 'text' | 'json'
}

/** What guards the way to the default branch: protect, doctor. */
export function protectVerbs(program: Command, { root, environment, end }: Registration): void {
  program
    .command('protect')
    .description(
      'make the rules of the default branch at GitHub, or set them right: a pull request, a code owner’s approval after the last push by somebody else, the check green, and nobody goes round; exit 3 when something stays open',
    )
    .option('--check <name>', 'name of the required check', 'check')
    .option('--app <slug>', 'the app that runs it', 'github-actions')
    .option('--dry-run', 'only say what is open', false)
    .option(
      '--codeowners',
      'only write .github/CODEOWNERS from .github/approvers.yaml and policies/*/owners.yaml',
      false,
    )
    .addOption(format())
    .action(async ({ codeowners, ...options }: ProtectFlags & { dryRun: boolean; codeowners: boolean }) => {
      const { protect, writeCodeOwners } = await import('./protect.ts')
      end(
        codeowners ? await writeCodeOwners({ root: root() }) : await protect({ root: root(), ...options, environment }),
      )
    })

  program
    .command('doctor')
    .description(
      'name every way in which something could be enforced that nobody else agreed to; exit 3 when there is one',
    )
    .option('--check <name>', 'name of the required check', 'check')
    .option('--app <slug>', 'the app that runs it', 'github-actions')
    .addOption(format())
    .action(async (options: ProtectFlags) => {
      const { doctor } = await import('./protect.ts')
      end(await doctor({ root: root(), ...options, environment }))
    })
}
