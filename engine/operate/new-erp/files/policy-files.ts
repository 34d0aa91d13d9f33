import { ENTITIES, type SensitiveKind } from '../../../contract/vocabulary.ts'
import type { NewErp } from '../request.ts'

/** Who sees which kind of personal value at first; the Rego test of each ERP says the same. */
export const CLEAR_FOR: Readonly<Partial<Record<SensitiveKind, readonly string[]>>> = {
  name: ['viewer', 'operator', 'admin', 'approver', 'auditor'],
  document: ['operator', 'admin'],
  email: ['operator', 'admin'],
  phone: ['operator', 'admin'],
  bank: ['approver'],
  pix: ['approver'],
}

/** Rows a person reads of parties in a day, and of anything at once. */
export const ROWS = { call: 100, day: 2_000 }

/** The YAML of `policies/<erp>`: who reads reads, and nothing else is to be had. `parties`: entities that are counted. */
export function policyFiles({ title, owner }: NewErp, parties: readonly string[]): Record<string, string> {
  return {
    'rbac.yaml': rbac(),
    'security.yaml': security(
      title,
      parties.filter((entity) => Object.hasOwn(ENTITIES, entity)),
    ),
    'alerts.yaml': alerts(owner !== null),
    'owners.yaml': owners(owner),
  }
}

function rbac(): string {
  return `# Who may do what, and up to how much. Amounts in reais. What each key does: ../README.md
rbac:
  roles:
    readonly: { permissions: [read] }
    viewer: { permissions: [read] }
    operator: { permissions: [read, write] }
    admin: { permissions: [read, write, delete, admin] }
    approver: { permissions: [] } # consents to what others ask for, and calls nothing
    auditor: { permissions: [] }
  # What is to be had at all stands in security.yaml (\`forbidden_effects\`). Once money may be entered or moved, somebody
  # else consents to each amount; above the last band, nobody may.
  alcada:
    create:
      - { up_to: 1000.00, currency: BRL, approvers: 1, roles: [approver] }
    update:
      - { up_to: 1000.00, currency: BRL, approvers: 1, roles: [approver] }
    settle:
      - { up_to: 1000.00, currency: BRL, approvers: 1, roles: [approver] }
  # Whoever entered or changed a party moves no money to it for so long; all agents of one person are one.
  duties: { window_days: 30 }
  # How often one caller may ask in a minute, all replicas together. Look up what the ERP takes.
  budgets:
    readonly: { calls_per_minute: 60 }
    viewer: { calls_per_minute: 60 }
    operator: { calls_per_minute: 60, writes_per_minute: 20 }
    admin: { calls_per_minute: 60, writes_per_minute: 20 }
`
}

function security(title: string, parties: readonly string[]): string {
  const clear = Object.entries(CLEAR_FOR).map(([kind, roles]) => `    ${kind}: [${roles.join(', ')}]`)
  const counted = parties.length === 0 ? '' : `, rows_per_day: ${ROWS.day}, entities: [${parties.join(', ')}]`
  return `# Who gets in, what nobody may do, and who sees personal data. Each key and its effect: ../README.md
security:
  authentication:
    type: token_based
    token_rotation: "24h"
    max_failures: 3
    lockout_duration: "15m"
    encryption: "AES-256"
  authorization:
    rbac_enabled: true
    default_role: "readonly"
    admin_approval: true
  audit:
    log_all_requests: true
    log_sensitive_data: false
    retention_days: 90
    trail_retention_days: 1826 # five years: what the ledger keeps
  # Nobody has these in ${title}. Take one away once its tools are reviewed and tried out, \`create\` first, and change
  # decisions.yaml with it. Money moves with \`settle\`.
  forbidden_effects: [create, update, delete, settle, fiscal]
  # Kind of personal value -> roles that see it clear. A kind that is not listed is masked for everyone.
  clear_for:
${clear.join('\n')}
  # What is refused or waits whoever calls; a guard that is left out is switched off.
  guards:
    # Changed bank data needs another person's consent, and payments to that party wait.
    bank_freeze: { approvers: 1, roles: [approver], hold: "72h" }
    # Agents delete nothing and undo no settlement: they take out of use, with a reason.
    deletes: { forbidden_to: [agent], reason_min_length: 10 }
    # Rows at once and in a day.
    export: { rows_per_call: ${ROWS.call}${counted} }
    # A second call with the same party, amount and due date waits for another person.
    duplicates: { window_days: 7, approvers: 1, roles: [approver] }
  # Who cannot learn for a day whether a newer policy exists changes nothing more: a stop may be what did not arrive.
  staleness: { budget: "24h", deny: writes }
`
}

function alerts(owned: boolean): string {
  const mail = owned ? '    - { type: email, recipients: owners, severity: [critical] }\n' : ''
  return `# What somebody should hear about. What to do when one is raised: ../README.md
alerts:
  response_time: { threshold: 2.0, severity: warning } # seconds
  error_rate: { threshold: 0.05, severity: critical } # failed of all that were not denied
  rate_limit: { threshold: 10, severity: warning } # hits a minute
  authentication_failures: { threshold: 5, severity: critical } # in a row, of one source
  disk_space: { threshold: 0.90, severity: warning } # part of the disk in use
  notifications:
${mail}    - { type: slack, webhook: "secret:SLACK_WEBHOOK", severity: [warning, critical] }
`
}

function owners(owner: string | null): string {
  const list =
    owner === null ? ' []' : `\n  - { email: ${JSON.stringify(owner)} } # github: a login of .github/approvers.yaml`
  return `# Who answers for this ERP: hears of what alerts.yaml sends to \`owners\`, and with a GitHub login reviews its changes.
owners:${list}
`
}
