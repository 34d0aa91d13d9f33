import { type Command, Option } from 'commander'
import { FINDING_FORMATS, type FindingFormat } from '../report/findings.ts'
import type { ExplainVerbOptions } from './explain.ts'
import { format, whole } from './options.ts'
import type { Registration } from './registration.ts'

/** What reads erps/ and policies/: check, build, diff, impact, mutate, import-tools, docs. */
export function sourceVerbs(program: Command, { root, environment, end }: Registration): void {
  program
    .command('check')
    .description('validate, compile and prove: every finding at once; exit 3 when one is an error')
    .argument('[erp...]', 'only these')
    .option('--base <ref>', 'also what changed since this commit: who may do more or less, and how risky it is')
    .addOption(
      new Option(
        '--pull <number>',
        'with --base: what needs the second group is good once it has approved this pull request',
      ).argParser(whole),
    )
    .option('--replay <file>', 'ask one input again that interpreter and WASM answered differently, side by side')
    .addOption(format(...FINDING_FORMATS))
    .action(
      async (erps: string[], options: { base?: string; pull?: number; replay?: string; format: FindingFormat }) => {
        const { check } = await import('./check.ts')
        end(await check({ root: root(), erps, ...options, environment }))
      },
    )

  program
    .command('build')
    .description('write <dir>/<erp>/bundle.tar.gz, signed with a development key of this machine')
    .argument('[erp...]', 'only these')
    .requiredOption('--out <dir>', 'where to')
    .option(
      '--candidate',
      '<dir>/<erp>/candidate.tar.gz instead: decided beside the policy in force, and never enforced',
      false,
    )
    .addOption(format())
    .action(async (erps: string[], options: { out: string; candidate: boolean; format: 'text' | 'json' }) => {
      const { build } = await import('./build.ts')
      end(await build({ root: root(), erps, ...options, environment }))
    })

  program
    .command('diff')
    .description('what the working tree allows that another commit did not, and the other way round, in sentences')
    .argument('[erp...]', 'only these')
    .requiredOption('--base <ref>', 'the commit to compare with, such as origin/main')
    .addOption(format())
    .action(async (erps: string[], options: { base: string; format: 'text' | 'json' }) => {
      const { diff } = await import('./diff.ts')
      end(await diff({ root: root(), erps, ...options, environment }))
    })

  program
    .command('impact')
    .description('what the working tree would have made of calls that were made: a decision log, replayed through both')
    .argument('[erp...]', 'only these')
    .option('--base <ref>', 'the commit to compare with, such as origin/main')
    .option(
      '--log <file...>',
      'decision logs: files, plain or gzip, https addresses, or the registry (`oci://…`) they were pushed to; the order does not matter',
    )
    .option('--log-token-file <file>', 'holds the bearer token for addresses')
    .option('--live', 'ask a running server what the candidate beside its policy decides')
    .option('--ops <url>', "with --live: origin of the server's operations listener")
    .option('--token-file <file>', "with --live: holds an approver's token; `-`: standard input")
    .addOption(format('text', 'json', 'comment'))
    .action(async (erps: string[], { base, live, ops, tokenFile, ...options }: ImpactFlags, command: Command) => {
      if (live === true) {
        if (ops === undefined || tokenFile === undefined) command.error('error: --live needs --ops and --token-file')
        const { impactLive } = await import('./impact-live.ts')
        return end(await impactLive({ ops, tokenFile, format: options.format }))
      }
      if (base === undefined) command.error('error: expected --base REF, or --live')
      const { impact } = await import('./impact.ts')
      end(await impact({ root: root(), erps, ...options, base, log: options.log ?? [], environment }))
    })

  program
    .command('mutate')
    .description('make small mistakes in the policies, one after the other, and see whether tests and tables notice')
    .argument('<name...>', 'ERPs, or `shared` for what all of them build on')
    .option('--only <file>', 'mistakes in this file only')
    .option('--sample <count>', 'try so many of them only', whole)
    .option('--seed <number>', 'which ones: the same seed, the same sample', whole, 1)
    .addOption(format())
    .action(
      async (targets: string[], options: { only?: string; sample?: number; seed: number; format: 'text' | 'json' }) => {
        const { mutate } = await import('./mutate.ts')
        end(await mutate({ root: root(), targets, ...options, environment }))
      },
    )

  program
    .command('explain')
    .description(
      'why a decision came out as it did: rule, line and condition; revision, pull request and who approved it',
    )
    .argument('<erp>')
    .option('--input <file>', 'the input of a decision, as JSON')
    .option('--entry <id>', 'a decision of the ledger')
    .option('--log <file>', 'of a decision log instead of the ledger')
    .option('--bundle <file>', "the bundle that decided (default: what the channel keeps of the entry's revision)")
    .option('--trust <file>', 'trust.json with the keys that sign bundles')
    .option('--archives <folder>', "where archives of the ledger are, if not with the server's state")
    .option('--no-archives', 'only the rows that are still in the database')
    .addOption(format())
    .action(async (erp: string, { archives = true, ...options }: ExplainFlags) => {
      const { explainVerb } = await import('./explain.ts')
      end(await explainVerb({ root: root(), environment, erp, archives, ...options }))
    })

  program
    .command('import-tools')
    .description('write what an upstream MCP server lists into its tools.yaml, pinned, for review')
    .argument('<erp>', 'of kind mcp')
    .option('--company <cnpj>', 'whose credential is used (default: the only one)')
    .addOption(format())
    .action(async (erp: string, options: { company?: string; format: 'text' | 'json' }) => {
      const { importToolsOf } = await import('./import-tools.ts')
      end(await importToolsOf({ root: root(), erp, ...options, environment }))
    })

  program
    .command('docs')
    .description('documents that follow from the policies')
    .argument('[erp...]', 'only these')
    .requiredOption('--processing', 'the record of processing operations (LGPD art. 37), as Markdown')
    .option('--out <file>', 'where it goes (default: standard output)')
    .action(async (erps: string[], options: { out?: string }) => {
      const { docsProcessing } = await import('./docs.ts')
      end(await docsProcessing({ root: root(), erps, ...options }))
    })
}

interface ImpactFlags {
  base?: string
  live?: boolean
  ops?: string
  tokenFile?: string
  log?: string[]
  logTokenFile?: string
  format: 'text' | 'json' | 'comment'
}

type ExplainFlags = Omit<ExplainVerbOptions, 'root' | 'environment' | 'erp' | 'archives'> & {
  archives?: string | boolean
}
