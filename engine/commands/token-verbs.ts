import { type Command, Option } from 'commander'
import { format, port } from './options.ts'
import type { Registration } from './registration.ts'

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

/** `alcada token` with its verbs. */
export function tokenVerbs(program: Command, { root, environment, end }: Registration): void {
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
    .addOption(format())
    .action(async (options: IssueFlags) => {
      const { tokenIssue } = await import('./token.ts')
      const {
        role: roles = [],
        company: companies = [],
        human = false,
        approvals = false,
        for: person,
        ...rest
      } = options
      end(await tokenIssue({ root: root(), ...rest, for: person, human, approvals, roles, companies }))
    })

  token
    .command('key')
    .description('make a key for an agent to renew its tokens with; prints the public half for rbac.yaml')
    .requiredOption('--out <file>', 'where the private half goes')
    .addOption(format())
    .action(async (options: { out: string; format: 'text' | 'json' }) => {
      const { tokenKey } = await import('./token-key.ts')
      end(await tokenKey(options))
    })
  token
    .command('serve')
    .description('let agents that rbac.yaml registers with a key renew their tokens by themselves')
    .option('--host <address>', 'where to listen', '127.0.0.1')
    .addOption(new Option('--port <port>', 'where to listen').argParser(port).default(4180))
    .option('--url <origin>', 'how callers know it, where something stands in front of it')
    .option('--ttl <duration>', 'how long a token is good for; token_rotation may make it shorter', '1h')
    .action(async (options: { host: string; port: number; url?: string; ttl: string }) => {
      const { tokenServe } = await import('./token-serve.ts')
      end(await tokenServe({ root: root(), ...options, url: options.url, environment }))
    })
}
