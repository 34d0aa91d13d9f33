import type { Command } from 'commander'
import { format } from './options.ts'
import type { Registration } from './registration.ts'

interface VerifyFlags {
  target: string
  company?: string
  readOnly?: boolean
  write?: boolean
  allowRemote: string[]
  record?: string
  format: 'text' | 'json' | 'junit'
}

/** `alcada verify-erp`. */
export function verifyVerb(program: Command, { root, environment, end }: Registration): void {
  program
    .command('verify-erp')
    .description(
      'authentication, basic operations, error handling, rate limiting and data validation of an ERP, each tested through a server of its own; exit 3 when a test failed',
    )
    .argument('<erp>')
    .option('--target <sandbox|url>', 'the stand-in, or the address of a real system', 'sandbox')
    .option('--company <cnpj>', 'with --target URL: whose credential is used there')
    .option('--read-only', 'nothing is written; so it is on a real system without --write')
    .option('--write', 'with --target URL: also make test records there, marked as such, and remove them')
    .option('--allow-remote <host...>', 'with --target URL: a host besides those of erp.yaml', [])
    .option('--record <folder>', 'also a stand-in.yaml there, which plays what was seen: personal values are made up')
    .addOption(format('text', 'json', 'junit'))
    .action(async (erp: string, { readOnly = false, write = false, ...flags }: VerifyFlags) => {
      const { verifyErp } = await import('./verify-erp.ts')
      end(await verifyErp({ root: root(), erp, readOnly, write, ...flags, environment }))
    })
}
