import type { Catalogue } from '../../contract/catalogue.ts'
import type { Config } from '../../contract/config.ts'
import type { Erp } from '../../contract/erp.ts'
import { SENSITIVE_KINDS } from '../../contract/vocabulary.ts'

export interface Processing {
  catalogue: Catalogue
  config: Config
}

const WHAT: Readonly<Record<string, string>> = {
  document: 'CPF, CNPJ, and access keys that hold one',
  name: 'name',
  email: 'e-mail address',
  phone: 'telephone number',
  address: 'address',
  bank: 'bank branch and account',
  pix: 'PIX key',
  url: 'public link to a document',
}

/**
 * The record of processing operations (LGPD art. 37) that follows from the policies, as Markdown. What no policy knows
 * (purpose, legal basis, the officer) is left to be filled in, by name.
 */
export function processingRecord(erps: readonly Processing[]): string {
  return [
    '# Record of processing operations (LGPD art. 37)',
    '',
    'Made from the policies as they stand. `to fill in` marks what only the controller knows.',
    ...erps.flatMap(recordOf),
    '',
  ].join('\n')
}

function placeOf({ process, connection }: Erp): string {
  if (process !== undefined) return `the program \`${process.program}\` on the server's machine`
  return `the ERP at \`${URL.parse(connection.baseUrl ?? '')?.host ?? ''}\``
}

function recordOf({ catalogue, config }: Processing): string[] {
  const { erp, tools } = catalogue
  const { security, rbac } = config
  const place = placeOf(erp)
  const callers = Object.entries(rbac.callers).map(([id, { person, companies, roles, valid_until }]) => {
    const until = valid_until === null ? '' : ` until ${valid_until}`
    return `| ${cell(id)} | ${cell(person)} | ${companies.join(', ')} | ${roles.join(', ')}${until} |`
  })
  const operations = Object.values(tools).filter(({ sensitiveFields }) => sensitiveFields.length > 0)
  return [
    '',
    `## ${erp.name}`,
    '',
    '- Controller and data protection officer: to fill in',
    '- Purpose and legal basis (art. 7, 23): to fill in',
    `- Where the data comes from and goes to: ${place}, through tools called by the agents below`,
    '- International transfer (art. 33): to fill in, for the provider of each agent',
    `- Kept: ledger ${security.trail_retention_days} days, with keyed digests in place of personal values; logs ${security.retention_days} days`,
    `- Security measures (art. 46): a policy decides every call; tokens are refused after ${security.token_rotation_s / 3600} hours; ${security.max_failures} failed attempts lock for ${security.lockout_duration_s / 60} minutes; the ERP's keys are sealed with AES-256-GCM`,
    '',
    '| kind of data | what | who sees it clear |',
    '|---|---|---|',
    ...SENSITIVE_KINDS.map((kind) => `| ${kind} | ${WHAT[kind] ?? kind} | ${clearFor(config, kind)} |`),
    '',
    '| operation | effect | whose data | kinds in its fields |',
    '|---|---|---|---|',
    ...operations.map(({ name, effect, entity, sensitiveFields }) => {
      const kinds = [...new Set(sensitiveFields.map(({ kind }) => kind))].sort()
      return `| ${name} | ${effect} | ${whose(entity)} | ${kinds.join(', ')} |`
    }),
    '',
    'Texts of every operation may hold further personal data: it is found by its form and hidden by the same rules.',
    '',
    '| agent | answers for it | companies | roles |',
    '|---|---|---|---|',
    ...(callers.length === 0
      ? ['| any with a token | the person in the token | those in the token | those in the token |']
      : callers),
  ]
}

function clearFor({ security }: Config, kind: (typeof SENSITIVE_KINDS)[number]): string {
  const roles = security.clear_for[kind] ?? []
  return roles.length === 0 ? 'nobody' : roles.join(', ')
}

function whose(entity: string): string {
  if (entity === 'customer' || entity === 'account_receivable' || entity === 'receipt') return 'customers'
  if (entity === 'vendor' || entity === 'account_payable' || entity === 'payment') return 'vendors'
  return entity === 'bank_account' ? 'the company itself' : entity
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
