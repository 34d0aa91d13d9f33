import type { Canary } from '../../../engine/contract/canary.ts'
import type { Catalogue, CatalogueTool } from '../../../engine/contract/catalogue.ts'
import type { Config } from '../../../engine/contract/config.ts'
import type { DecisionInput } from '../../../engine/contract/decision-input.ts'
import { NO_HISTORY } from '../../../engine/contract/history.ts'

/** Reads are allowed to everyone with the permission; anything else is denied. `mark` makes one source differ from another. */
export function forgeRego(erp: string, mark = ''): string {
  return `package ${erp}

# METADATA
# entrypoint: true
decision := {
	"effect": "allow",
	"reasons": [],
	"approval": null,
	"mask": [],
	"permission": "read",
	"granted": true,
} if {
	permitted
} else := {
	"effect": "deny",
	"reasons": [{"code": "permission_missing", "message": "no role of the caller grants this ${mark}"}],
	"approval": null,
	"mask": [],
	"permission": input.tool.permission,
	"granted": false,
}

permitted if {
	input.tool.permission == "read"
	some role in input.caller.roles
	"read" in data.config.rbac.roles[role]
}

# METADATA
# entrypoint: true
visible := sort([name | some name, _ in data.config.tools])

# METADATA
# entrypoint: true
alerts := []
`
}

export function forgeConfig(): Config {
  return {
    rbac: {
      roles: { viewer: ['read'], admin: ['read', 'write', 'delete', 'admin'] },
      callers: {},
      tools: { get_vendors_list: 'read' },
      alcada: {},
    },
    security: {
      rbac_enabled: true,
      default_role: 'viewer',
      admin_approval: true,
      token_rotation_s: 86_400,
      max_failures: 3,
      lockout_duration_s: 900,
      log_all_requests: true,
      log_sensitive_data: false,
      retention_days: 90,
      trail_retention_days: 1826,
      forbidden_effects: [],
      clear_for: {},
    },
    alerts: {
      response_time: { threshold_s: 2, severity: 'warning' },
      error_rate: { threshold: 0.05, severity: 'critical' },
      rate_limit: { threshold_per_minute: 10, severity: 'warning' },
      authentication_failures: { threshold: 5, severity: 'critical' },
      disk_space: { threshold: 0.9, severity: 'warning' },
      notifications: [{ type: 'slack', webhook: 'secret:SLACK', severity: ['warning'] }],
    },
    tools: { get_vendors_list: { entity: 'vendor', effect: 'read', money: false, reversible: true, facts: [] } },
  }
}

const TOOL: CatalogueTool = {
  name: 'get_vendors_list',
  entity: 'vendor',
  // Characters that OPA's hash and RFC 8785 spell differently, or that HTML escaping would touch.
  description: 'fornecedores <ativos> & "todos" \u2028 ção',
  input: { type: 'object' },
  output: { type: 'object' },
  effect: 'read',
  permission: 'read',
  reversible: true,
  money: false,
  answerKind: 'list',
  native: { path: '/vendors' },
  args: [],
  sensitiveFields: [],
}

export function forgeCatalogue(erp: string): Catalogue {
  return {
    erp: {
      name: erp,
      kind: 'api',
      title: 'A forged ERP',
      connection: {
        baseUrl: 'https://erp.example.com/api/v1',
        allowedHosts: ['erp.example.com'],
        timeoutMs: 30_000,
        maxResponseBytes: 5_242_880,
        auth: [],
      },
      credentials: { secret: ['api_token'] },
      errors: [],
      limits: [],
      paging: {},
    },
    records: {},
    tools: { get_vendors_list: TOOL },
  }
}

export function forgeInput(overrides: { roles?: string[]; permission?: 'read' | 'admin' } = {}): DecisionInput {
  return {
    caller: {
      id: 'agent-1',
      person: 'u17',
      kind: 'agent',
      roles: overrides.roles ?? ['viewer'],
      company: '12345678000195',
      token_age_s: 60,
    },
    tool: {
      name: 'get_vendors_list',
      entity: 'vendor',
      effect: 'read',
      permission: overrides.permission ?? 'read',
      reversible: true,
      money: false,
      sensitive: [],
    },
    args: {},
    facts: {
      amount: null,
      open_amount: null,
      currency: 'BRL',
      counterparty: null,
      due_date: null,
      accrual_date: null,
      issue_date: null,
      cost_center: null,
      bank_change: false,
      idempotency_key: null,
      rows: null,
      filtered: false,
    },
    history: NO_HISTORY,
    time: { epoch_ms: 1_795_611_600_000, date: '2026-11-25', weekday: 3, hour: 10, zone: 'America/Sao_Paulo' },
    approvals: [],
  }
}

export function forgeCanaries(): Canary[] {
  return [
    { name: 'a viewer reads', input: forgeInput(), expect: { effect: 'allow' }, masks: [] },
    {
      name: 'nobody reads without a role',
      input: forgeInput({ roles: [] }),
      expect: { effect: 'deny', codes: ['permission_missing'] },
      masks: null,
    },
  ]
}
