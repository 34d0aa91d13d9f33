import { realpathSync } from 'node:fs'
import { Command, CommanderError, Option } from 'commander'
import packageJson from '../package.json' with { type: 'json' }
import { alertVerbs } from './commands/alert-verbs.ts'
import { approvalVerbs } from './commands/approval-verbs.ts'
import { auditVerbs } from './commands/audit-verbs.ts'
import { backupVerbs } from './commands/backup-verbs.ts'
import { composeVerb } from './commands/compose-verb.ts'
import { credentialVerbs } from './commands/credential-verbs.ts'
import { deployVerbs } from './commands/deploy-verb.ts'
import { readEnvironment } from './commands/environment.ts'
import { EXIT, type ExitCode } from './commands/exit.ts'
import { initVerb } from './commands/init-verb.ts'
import { keyVerbs } from './commands/key-verbs.ts'
import { kubernetesVerb } from './commands/kubernetes-verb.ts'
import { loadTestVerb } from './commands/load-test-verb.ts'
import { newErpVerb } from './commands/new-erp-verb.ts'
import { port } from './commands/options.ts'
import { projectRoot } from './commands/project-root.ts'
import { protectVerbs } from './commands/protect-verbs.ts'
import { publishVerbs } from './commands/publish-verbs.ts'
import { pullRequestVerbs } from './commands/pull-request-verbs.ts'
import { reconcileVerb } from './commands/reconcile-verb.ts'
import type { Registration } from './commands/registration.ts'
import { revokeVerb } from './commands/revoke-verb.ts'
import { sourceVerbs } from './commands/source-verbs.ts'
import { stopVerbs } from './commands/stop-verbs.ts'
import { tokenVerbs } from './commands/token-verbs.ts'
import { UsageError } from './commands/usage-error.ts'
import { verifyVerb } from './commands/verify-verb.ts'

const environment = readEnvironment()
let exitCode: ExitCode = EXIT.done
const registration: Registration = {
  root,
  environment,
  end(code) {
    exitCode = code
  },
}

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

sourceVerbs(program, registration)
pullRequestVerbs(program, registration)
protectVerbs(program, registration)
initVerb(program, registration)

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

tokenVerbs(program, registration)
approvalVerbs(program, registration)
keyVerbs(program, registration)
auditVerbs(program, registration)
backupVerbs(program, registration)
reconcileVerb(program, registration)
publishVerbs(program, registration)
revokeVerb(program, registration)
stopVerbs(program, registration)
alertVerbs(program, registration)
loadTestVerb(program, registration)
verifyVerb(program, registration)
composeVerb(program, registration)
kubernetesVerb(program, registration)
deployVerbs(program, registration)
newErpVerb(program, registration)
credentialVerbs(program, registration)

function root(): string {
  const { root: given } = program.opts<{ root?: string }>()
  return realpathSync(projectRoot(given, process.cwd()))
}

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage
  else {
    process.stderr.write(`alcada: ${error instanceof Error ? error.message : String(error)}\n`)
    exitCode = error instanceof UsageError ? EXIT.usage : EXIT.failed
  }
}
process.exitCode = exitCode
