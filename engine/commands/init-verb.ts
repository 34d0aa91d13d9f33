import type { Command } from 'commander'
import { format, whole } from './options.ts'
import type { Registration } from './registration.ts'

interface InitFlags {
  first?: string[]
  second?: string[]
  owner: string[]
  days?: number
  format: 'text' | 'json'
}

/** `alcada init`. */
export function initVerb(program: Command, { root, end }: Registration): void {
  program
    .command('init')
    .description(
      'make this checkout your company’s: who approves, who answers for each ERP, and the release’s key; asks in a terminal, and says what is left to do at GitHub',
    )
    .option('--second <logins>', 'GitHub logins who approve everything, commas between', logins)
    .option('--first <logins>', 'those who approve only what widens nothing, commas between', logins)
    .option('--owner <erp=email[:login]>', 'who answers for an ERP; once for each', gathered, [])
    .option('--days <n>', 'validity of a new release key (default: 365)', whole)
    .addOption(format())
    .action(async ({ first, second, owner, days, format }: InitFlags) => {
      const { init } = await import('./init.ts')
      end(await init({ root: root(), first, second, owners: owner, days, format }))
    })
}

function logins(text: string): string[] {
  return text
    .split(',')
    .map((login) => login.trim())
    .filter((login) => login !== '')
}

function gathered(text: string, before: readonly string[]): string[] {
  return [...before, text]
}
