import { type Command, InvalidArgumentError, Option } from 'commander'
import type { AuditOptions } from './audit.ts'
import type { ExitCode } from './exit.ts'

interface Around {
  given(): Pick<AuditOptions, 'root' | 'environment'>
  end(code: ExitCode): void
}

type Reading = Pick<AuditOptions, 'format' | 'archives'>

/** `alcada audit subject|incident|report`: the register of personal data, and the month. Archives are read too. */
export function auditPrivacyVerbs(audit: Command, { given, end }: Around): void {
  reading(audit.command('subject'))
    .description("who saw a person's data; the identifier is read from stdin")
    .action(async (erps: string[], options: Reading) => {
      const { auditSubject } = await import('./audit-privacy.ts')
      end(await auditSubject({ ...given(), erps, ...options }))
    })
  reading(audit.command('incident'))
    .description('what a notice to the ANPD needs: data shown, persons, deadlines in business days')
    .requiredOption('--from <instant>', 'a day or an instant, ISO 8601: the first that counts')
    .requiredOption('--to <instant>', 'the first that counts no more')
    .option('--caller <id>', 'one agent, or the person who answers for it')
    .option('--known <instant>', 'when it was known that personal data is affected (default: now)')
    .option('--holiday <day...>', 'days on which nobody works there, besides national holidays')
    .action(async (erps: string[], options: Reading & IncidentFlags) => {
      const { auditIncident } = await import('./audit-privacy.ts')
      end(await auditIncident({ ...given(), erps, ...options }))
    })
  reading(audit.command('report'))
    .description('calls, money, approvers and refusals by company, agent, person and counterparty')
    .requiredOption('--month <month>', 'YYYY-MM', month)
    .option('--out <folder>', 'where the CSV and the page go', '.')
    .action(async (erps: string[], options: Reading & { month: string; out: string }) => {
      const { auditReport } = await import('./audit-privacy.ts')
      end(await auditReport({ ...given(), erps, ...options }))
    })
}

interface IncidentFlags {
  from: string
  to: string
  caller?: string
  known?: string
  holiday?: string[]
}

function reading(command: Command): Command {
  return command
    .argument('[erp...]', 'only these')
    .option('--archives <folder>', "where archives are, if not with the server's state")
    .option('--no-archives', 'only what is still in the database')
    .addOption(new Option('--format <format>', 'how to report').choices(['text', 'json']).default('text'))
    .hook('preAction', (_, action) => {
      if (action.getOptionValue('archives') === undefined) action.setOptionValue('archives', true)
    })
}

function month(text: string): string {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) throw new InvalidArgumentError('expected YYYY-MM.')
  return text
}
