import { type Command, Option } from 'commander'
import { format, whole } from './options.ts'
import type { Registration } from './registration.ts'

interface KeyFlags {
  use: 'bundle' | 'revocation' | 'checkpoint' | 'token'
  days?: number
  format: 'text' | 'json'
}

/** `alcada keys` with its verbs. */
export function keyVerbs(program: Command, { root, end }: Registration): void {
  const keys = program.command('keys').description('keys that sign bundles, overlays, checkpoints and tokens')
  keys
    .command('list')
    .addOption(format())
    .action(async (options: { format: 'text' | 'json' }) => {
      const { keysList } = await import('./keys.ts')
      end(await keysList({ root: root(), ...options }))
    })
  keys
    .command('new')
    .addOption(use())
    .option('--days <n>', 'validity', whole)
    .addOption(format())
    .action(async (options: KeyFlags) => {
      const { keysNew } = await import('./keys.ts')
      end(await keysNew({ root: root(), ...options, days: options.days }))
    })
  keys
    .command('rotate')
    .description('a new key beside the old ones, which end after the overlap')
    .addOption(use())
    .option('--days <n>', 'validity of the new one', whole)
    .option('--overlap-days <n>', 'how long the old ones stay trusted', whole)
    .addOption(format())
    .action(async (options: KeyFlags & { overlapDays?: number }) => {
      const { keysRotate } = await import('./keys.ts')
      end(await keysRotate({ root: root(), ...options, days: options.days, overlapDays: options.overlapDays }))
    })
  keys
    .command('retire')
    .description('trust a key no more')
    .argument('<id>')
    .addOption(format())
    .action(async (id: string, options: { format: 'text' | 'json' }) => {
      const { keysRetire } = await import('./keys.ts')
      end(await keysRetire({ root: root(), id, ...options }))
    })
}

function use(): Option {
  return new Option('--use <use>', 'what it signs')
    .choices(['bundle', 'revocation', 'checkpoint', 'token'])
    .makeOptionMandatory()
}
