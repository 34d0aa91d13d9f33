import { type Command, InvalidArgumentError, Option } from 'commander'
import { format } from './options.ts'
import type { ReconcileOptions } from './reconcile.ts'
import type { Registration } from './registration.ts'

type Flags = Omit<ReconcileOptions, 'root' | 'environment' | 'erp'>

/** `alcada reconcile`. */
export function reconcileVerb(program: Command, { root, environment, end }: Registration): void {
  program
    .command('reconcile')
    .description('what the ERP did and what its ledger says, side by side; exit 3 when somebody has to look')
    .argument('<erp>')
    .option('--from <day>', 'first day, YYYY-MM-DD (default: 30 days ago; after a restore, the day of the backup)', day)
    .option('--to <day>', 'last day (default: no end, for payments may bear a day to come)', day)
    .requiredOption('--server <url>', "MCP endpoint of the ERP's server, which is read as by any caller")
    .requiredOption('--token-file <file>', 'a token of a role that reads, bound to the companies to compare')
    .option('--clear', 'where nothing differs, let money move again after a restore', false)
    .option('--by <person>', 'whose word that is, as of `audit resolve`')
    .addOption(new Option('--archives [folder]', 'archived entries too, as of `audit`').default(false))
    .addOption(format('text', 'json', 'csv'))
    .action(async (erp: string, flags: Flags) => {
      const { reconcileErp } = await import('./reconcile.ts')
      end(await reconcileErp({ root: root(), environment, erp, ...flags }))
    })
}

function day(text: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00Z`).toJSON()?.startsWith(text) === true) return text
  throw new InvalidArgumentError('expected a day such as 2026-11-28.')
}
