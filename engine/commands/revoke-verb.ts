import { type Command, Option } from 'commander'
import { EFFECTS, type Effect } from '../contract/vocabulary.ts'
import type { Registration } from './registration.ts'

interface RevokeFlags {
  caller: string[]
  person: string[]
  tool: string[]
  role: string[]
  effect: Effect[]
  company: string[]
  all: boolean
  until: string
  reason: string
  format: 'text' | 'json'
}

/** `alcada revoke`: what it is called with; what it does stands in revoke.ts. */
export function revokeVerb(program: Command, { root, environment, end }: Registration): void {
  program
    .command('revoke')
    .description(
      'stop something at once, signed with the revocation key; each thing named is stopped by itself. It only ever narrows, and ends after seven days at the latest',
    )
    .argument('<erp...>', 'at these')
    .option('--caller <id...>', 'agents or programs', [])
    .option('--person <id...>', 'persons, with all their agents, and what they have approved', [])
    .option('--tool <name...>', 'tools; `delete_*`: all that begin so', [])
    .option('--role <role...>', 'whoever has it', [])
    .addOption(new Option('--effect <effect...>', 'what calls do').choices(EFFECTS).default([]))
    .option('--company <cnpj...>', 'whoever acts for it', [])
    .option('--all', 'everything', false)
    .requiredOption('--until <when>', '`2h`, `7d`, or an instant, within seven days')
    .requiredOption('--reason <text>', 'why; whoever is refused is told')
    .addOption(new Option('--format <format>', 'how to report').choices(['text', 'json']).default('text'))
    .action(async (erps: string[], options: RevokeFlags) => {
      const { revoke } = await import('./revoke.ts')
      end(await revoke({ root: root(), erps, environment, ...options }))
    })
}
