import { type Command, Option } from 'commander'
import type { ExportOptions } from './audit-export.ts'
import { auditPrivacyVerbs } from './audit-privacy-verbs.ts'
import type { Environment } from './environment.ts'
import { format, whole } from './options.ts'
import type { Registration } from './registration.ts'

/** `alcada audit …`: what it is called with; what it does stands in audit.ts. */
export function auditVerbs(program: Command, { root, environment, end }: Registration): void {
  const given = (): { root: string; environment: Environment } => ({ root: root(), environment })
  const audit = program.command('audit').description("an ERP's ledger: read, search, export, verify, resolve")
  auditPrivacyVerbs(audit, { given, end })
  audit
    .command('tail')
    .description('the last entries')
    .argument('<erp>')
    .option('-n, --count <n>', 'how many', whole, 20)
    .addOption(archives())
    .addOption(format())
    .action(async (erp: string, options: { count: number } & Reading) => {
      const { auditTail } = await import('./audit.ts')
      end(await auditTail({ ...given(), erp, ...options }))
    })
  audit
    .command('search')
    .description('entries of which all of this is true')
    .argument('<erp>')
    .option('--entry <id>')
    .option('--person <id>', 'who answers for it')
    .option('--caller <id>', 'the agent or program')
    .option('--tool <name>')
    .option('--company <cnpj>')
    .option('--what <what>', 'how it ended: done, failed, unknown, open, denied, refused, …')
    .option('--since <instant>', 'ISO 8601')
    .option('--until <instant>', 'ISO 8601')
    .addOption(archives())
    .addOption(format())
    .action(async (erp: string, { format, archives, ...filter }: Reading) => {
      const { auditSearch } = await import('./audit.ts')
      end(await auditSearch({ ...given(), erp, format, archives, filter }))
    })
  audit
    .command('export')
    .description("decisions in the format of OPA's decision logs, a JSON line each")
    .argument('<erp>')
    .option('--out <file>', 'where to; compressed where it ends in .gz')
    .option('--to <address>', 'an https address or a registry (`oci://…`) that takes it, compressed')
    .addOption(new Option('--method <method>', 'how the address takes it').choices(['PUT', 'POST']).default('PUT'))
    .option('--token-file <file>', 'holds the bearer token for the address')
    .option('--days <n>', 'only the last so many days', whole)
    .option('--replay', 'for `alcada impact`: tell where a token stands for a value', false)
    .addOption(archives())
    .addOption(format())
    .action(async (erp: string, options: Omit<ExportOptions, 'root' | 'environment' | 'erp'>) => {
      const { auditExport } = await import('./audit-export.ts')
      end(await auditExport({ ...given(), erp, ...options }))
    })
  audit
    .command('verify')
    .description('whether every entry is as it was written; exit 3 when one is not')
    .argument('[erp...]', 'only these')
    .option('--anchor <place>', 'folder or address with the checkpoints that the operator does not hold')
    .option('--trust <file>', 'trust.json with the keys of checkpoints')
    .option('--archives <folder>', "where archives are, if not with the server's state")
    .option('--no-archives', 'only the rows that are still in the database')
    .addOption(format())
    .action(async (erps: string[], options: { anchor?: string; trust?: string } & Partial<Reading> & Formatted) => {
      const { auditVerify } = await import('./audit.ts')
      const { anchor, trust, format, archives = true } = options
      end(await auditVerify({ ...given(), erps, anchor, trust, format, archives }))
    })
  audit
    .command('rebuild')
    .description('write the totals that limits are judged by anew, out of the ledger')
    .argument('<erp>')
    .addOption(format())
    .action(async (erp: string, options: { format: 'text' | 'json' }) => {
      const { auditRebuild } = await import('./audit.ts')
      end(await auditRebuild({ ...given(), erp, ...options }))
    })
  audit
    .command('resolve')
    .description('say what became of a call whose outcome is unknown')
    .argument('<entry>')
    .addOption(new Option('--done', 'it was done').conflicts('notDone'))
    .option('--not-done', 'it was not done: what it holds back is released')
    .requiredOption('--reason <text>', 'how you know')
    .option(
      '--by <person>',
      'whose word it is, as you claim (default: your user name); the account that runs this is written down too',
    )
    .addOption(format())
    .action(async (entry: string, options: ResolveFlags) => {
      if (options.done !== true && options.notDone !== true) audit.error('error: expected --done or --not-done')
      const { auditResolve } = await import('./audit.ts')
      const { reason, by, format } = options
      const verdict = options.done === true ? 'done' : 'not_done'
      end(await auditResolve({ ...given(), entry, verdict, reason, by, format }))
    })
  audit
    .command('restored')
    .description('after a database was restored by its own means, before a server starts: nothing comes back with it')
    .argument('<erp>')
    .requiredOption('--backup <name>', 'which one')
    .requiredOption('--made-at <instant>', 'when it was made, ISO 8601')
    .option('--by <person>', 'whose word it is, as of `resolve`')
    .addOption(format())
    .action(async (erp: string, { backup, madeAt, by, format }: RestoredFlags) => {
      const { auditRestored } = await import('./audit.ts')
      end(await auditRestored({ ...given(), erp, backup, madeAt, by, format }))
    })
  audit
    .command('reconciled')
    .description('say that ledger and ERP were compared since the last restore: money moves again')
    .argument('<erp>')
    .requiredOption('--reason <text>', 'what was compared, and what came of it')
    .option('--by <person>', 'whose word it is, as of `resolve`')
    .addOption(format())
    .action(async (erp: string, { reason, by, format }: Omit<ResolveFlags, 'done' | 'notDone'>) => {
      const { auditReconciled } = await import('./audit.ts')
      end(await auditReconciled({ ...given(), erp, reason, by, format }))
    })
  audit
    .command('key')
    .description('the public half of the key a server signs its checkpoints with')
    .argument('<erp>')
    .addOption(format())
    .action(async (erp: string, options: { format: 'text' | 'json' }) => {
      const { auditKey } = await import('./audit.ts')
      end(await auditKey({ ...given(), erp, ...options }))
    })
}

interface Formatted {
  format: 'text' | 'json'
}

interface Reading extends Formatted {
  archives: string | boolean
}

interface RestoredFlags {
  backup: string
  madeAt: string
  by?: string
  format: 'text' | 'json'
}

interface ResolveFlags {
  done?: boolean
  notDone?: boolean
  reason: string
  by?: string
  format: 'text' | 'json'
}

function archives(): Option {
  return new Option('--archives [folder]', "archived entries too, with the server's state or in a folder").default(
    false,
  )
}
