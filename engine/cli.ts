import { realpathSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import packageJson from '../package.json' with { type: 'json' }
import { alertVerbs } from './commands/alert-verbs.ts'
import type { ApprovalVerb } from './commands/approvals.ts'
import { auditVerbs } from './commands/audit-verbs.ts'
import { credentialVerbs } from './commands/credential-verbs.ts'
import { readEnvironment } from './commands/environment.ts'
import { EXIT, type ExitCode } from './commands/exit.ts'
import { projectRoot } from './commands/project-root.ts'
import { revokeVerb } from './commands/revoke-verb.ts'

const environment = readEnvironment()
let exitCode: ExitCode = EXIT.done

const program = new Command('alcada')
  .description(
    'Policy for AI agents in company ERPs: written as YAML and Rego, proved, compiled, enforced on every MCP tool call.',
  )
  .version(packageJson.version)
  .option('--root <dir>', 'where erps/ and policies/ stand (default: here, or the nearest folder above)')
  .showHelpAfterError('run it with --help for the way it is used')
  .exitOverride()

program
  .command('up')
  .description('check, build, start stand-in ERPs and one server per ERP; watch the folders and hot-reload')
  .argument('[erp...]', 'only these')
  .option('--json', 'one line of JSON when ready')
  .addOption(
    new Option('--port <port>', 'first port; each ERP takes two; 0: any free ones').argParser(port).default(4100),
  )
  .action(async (erps: string[], options: { json?: boolean; port: number }) => {
    const { up } = await import('./commands/up.ts')
    exitCode = await up({ root: root(), erps, json: options.json === true, port: options.port, environment })
  })

program
  .command('check')
  .description('validate, compile and prove: every finding at once; exit 3 when one is an error')
  .argument('[erp...]', 'only these')
  .addOption(format('text', 'json', 'github', 'sarif', 'junit'))
  .action(async (erps: string[], options: { format: 'text' | 'json' | 'github' | 'sarif' | 'junit' }) => {
    const { check } = await import('./commands/check.ts')
    exitCode = await check({ root: root(), erps, format: options.format, environment })
  })

program
  .command('build')
  .description('write <dir>/<erp>/bundle.tar.gz, signed with a development key of this machine')
  .argument('[erp...]', 'only these')
  .requiredOption('--out <dir>', 'where to')
  .addOption(format('text', 'json'))
  .action(async (erps: string[], options: { out: string; format: 'text' | 'json' }) => {
    const { build } = await import('./commands/build.ts')
    exitCode = await build({ root: root(), erps, ...options, environment })
  })

program
  .command('diff')
  .description('what the working tree allows that another commit did not, and the other way round, in sentences')
  .argument('[erp...]', 'only these')
  .requiredOption('--base <ref>', 'the commit to compare with, such as origin/main')
  .addOption(format('text', 'json'))
  .action(async (erps: string[], options: { base: string; format: 'text' | 'json' }) => {
    const { diff } = await import('./commands/diff.ts')
    exitCode = await diff({ root: root(), erps, ...options, environment })
  })

program
  .command('serve')
  .description('run the server of one ERP')
  .argument('<erp>')
  .option('--stdio', 'MCP over stdin and stdout; the caller is the token in ALCADA_TOKEN_FILE')
  .action(async (erp: string, options: { stdio?: boolean }) => {
    const { serve } = await import('./commands/serve.ts')
    exitCode = await serve({
      root: program.opts<{ root?: string }>().root ?? process.cwd(),
      erp,
      stdio: options.stdio === true,
      environment,
    })
  })

const token = program.command('token').description('tokens for agents and people')
token
  .command('issue')
  .description('issue a token for the server of one ERP, with the key in .alcada/')
  .requiredOption('--erp <erp>', 'the only server that takes it')
  .requiredOption('--sub <id>', 'the agent; with --human the person')
  .option('--for <person>', 'the person who answers for the agent')
  .option('--human', 'the token is for a person')
  .option('--approvals', 'the token is for deciding on requests for approval, not for tools; only with --human')
  .option('--role <role...>', 'roles; none: the default role of the ERP')
  .option('--company <cnpj...>', 'companies it may act for')
  .option('--ttl <duration>', 'how long it is good for', '8h')
  .addOption(format('text', 'json'))
  .action(async (options: IssueFlags) => {
    const { tokenIssue } = await import('./commands/token.ts')
    const {
      role: roles = [],
      company: companies = [],
      human = false,
      approvals = false,
      for: person,
      ...rest
    } = options
    exitCode = await tokenIssue({ root: root(), ...rest, for: person, human, approvals, roles, companies })
  })

token
  .command('key')
  .description('make a key for an agent to renew its tokens with; prints the public half for rbac.yaml')
  .requiredOption('--out <file>', 'where the private half goes')
  .addOption(format('text', 'json'))
  .action(async (options: { out: string; format: 'text' | 'json' }) => {
    const { tokenKey } = await import('./commands/token-key.ts')
    exitCode = await tokenKey(options)
  })
token
  .command('serve')
  .description('let agents that rbac.yaml registers with a key renew their tokens by themselves')
  .option('--host <address>', 'where to listen', '127.0.0.1')
  .addOption(new Option('--port <port>', 'where to listen').argParser(port).default(4180))
  .option('--url <origin>', 'how callers know it, where something stands in front of it')
  .option('--ttl <duration>', 'how long a token is good for; token_rotation may make it shorter', '1h')
  .action(async (options: { host: string; port: number; url?: string; ttl: string }) => {
    const { tokenServe } = await import('./commands/token-serve.ts')
    exitCode = await tokenServe({ root: root(), ...options, url: options.url, environment })
  })

interface IssueFlags {
  erp: string
  sub: string
  for?: string
  human?: boolean
  approvals?: boolean
  role?: string[]
  company?: string[]
  ttl: string
  format: 'text' | 'json'
}

const approvals = program.command('approvals').description('requests for approval: see them and decide, as a person')
approvalVerb('login', 'print a link that signs a browser in, once, within five minutes')
approvalVerb('list', 'what waits, and what has ended within a week')
approvalVerb('show', 'what exactly will be done; that you looked stands in the ledger', true)
approvalVerb('approve', 'consent to it', true)
approvalVerb('reject', 'refuse it; the reason reaches the agent', true).requiredOption('--reason <text>', 'why')

function approvalVerb(verb: ApprovalVerb, what: string, one = false): Command {
  const command = approvals.command(verb).description(what)
  if (one) command.argument('<id>')
  return command
    .requiredOption('--token-file <file>', 'a token of `alcada token issue --human --approvals`; `-`: from stdin')
    .option('--ops <url>', "the server's operations listener", 'http://127.0.0.1:9090')
    .addOption(new Option('--lang <lang>', 'of what will be done').choices(['pt', 'en']).default('en'))
    .addOption(format('text', 'json'))
    .action(async (...given: unknown[]) => {
      const { approvalsVerb } = await import('./commands/approvals.ts')
      const [id] = given
      exitCode = await approvalsVerb({
        verb,
        id: one && typeof id === 'string' ? id : '',
        ...command.opts<ApprovalFlags>(),
      })
    })
}

interface ApprovalFlags {
  tokenFile: string
  ops: string
  lang: 'pt' | 'en'
  reason?: string
  format: 'text' | 'json'
}

const keys = program.command('keys').description('keys that sign bundles, overlays, checkpoints and tokens')
keys
  .command('list')
  .addOption(format('text', 'json'))
  .action(async (options: { format: 'text' | 'json' }) => {
    const { keysList } = await import('./commands/keys.ts')
    exitCode = await keysList({ root: root(), ...options })
  })
keys
  .command('new')
  .addOption(use())
  .option('--days <n>', 'validity', whole)
  .addOption(format('text', 'json'))
  .action(async (options: KeyFlags) => {
    const { keysNew } = await import('./commands/keys.ts')
    exitCode = await keysNew({ root: root(), ...options, days: options.days })
  })
keys
  .command('rotate')
  .description('a new key beside the old ones, which end after the overlap')
  .addOption(use())
  .option('--days <n>', 'validity of the new one', whole)
  .option('--overlap-days <n>', 'how long the old ones stay trusted', whole)
  .addOption(format('text', 'json'))
  .action(async (options: KeyFlags & { overlapDays?: number }) => {
    const { keysRotate } = await import('./commands/keys.ts')
    exitCode = await keysRotate({ root: root(), ...options, days: options.days, overlapDays: options.overlapDays })
  })
keys
  .command('retire')
  .description('trust a key no more')
  .argument('<id>')
  .addOption(format('text', 'json'))
  .action(async (id: string, options: { format: 'text' | 'json' }) => {
    const { keysRetire } = await import('./commands/keys.ts')
    exitCode = await keysRetire({ root: root(), id, ...options })
  })

interface KeyFlags {
  use: 'bundle' | 'revocation' | 'checkpoint' | 'token'
  days?: number
  format: 'text' | 'json'
}

program
  .command('docs')
  .description('documents that follow from the policies')
  .argument('[erp...]', 'only these')
  .requiredOption('--processing', 'the record of processing operations (LGPD art. 37), as Markdown')
  .option('--out <file>', 'where it goes (default: standard output)')
  .action(async (erps: string[], options: { out?: string }) => {
    const { docsProcessing } = await import('./commands/docs.ts')
    exitCode = await docsProcessing({ root: root(), erps, ...options })
  })

auditVerbs(program, {
  root,
  environment,
  end(code) {
    exitCode = code
  },
})

revokeVerb(program, {
  root,
  environment,
  end(code) {
    exitCode = code
  },
})

alertVerbs(program, {
  root,
  environment,
  ended: (code) => {
    exitCode = code
  },
})

credentialVerbs(program, {
  root,
  environment,
  ended: (code) => {
    exitCode = code
  },
})

function root(): string {
  const { root: given } = program.opts<{ root?: string }>()
  return realpathSync(projectRoot(given, process.cwd()))
}

function format(...choices: string[]): Option {
  return new Option('--format <format>', 'how to report').choices(choices).default('text')
}

function use(): Option {
  return new Option('--use <use>', 'what it signs')
    .choices(['bundle', 'revocation', 'checkpoint', 'token'])
    .makeOptionMandatory()
}

function whole(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('expected a whole number.')
  return Number(text)
}

function port(text: string): number {
  const value = whole(text)
  if (value > 65_000) throw new InvalidArgumentError('expected a port up to 65000.')
  return value
}

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage
  else {
    process.stderr.write(`alcada: ${error instanceof Error ? error.message : String(error)}\n`)
    exitCode = EXIT.failed
  }
}
process.exitCode = exitCode
