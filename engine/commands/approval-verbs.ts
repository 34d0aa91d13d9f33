import { type Command, Option } from 'commander'
import type { ApprovalVerb } from './approvals.ts'
import { format } from './options.ts'
import type { Registration } from './registration.ts'

interface ApprovalFlags {
  tokenFile: string
  ops: string
  lang: 'pt' | 'en'
  reason?: string
  format: 'text' | 'json'
}

/** `alcada approvals` with its verbs: a client of a server's operations listener. */
export function approvalVerbs(program: Command, { end }: Pick<Registration, 'end'>): void {
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
      .addOption(format())
      .action(async (...given: unknown[]) => {
        const { approvalsVerb } = await import('./approvals.ts')
        const [id] = given
        end(
          await approvalsVerb({
            verb,
            id: one && typeof id === 'string' ? id : '',
            ...command.opts<ApprovalFlags>(),
          }),
        )
      })
  }
}
