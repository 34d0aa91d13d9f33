import type { CallerBudget } from '../contract/budget.ts'
import type { CatalogueTool } from '../contract/catalogue.ts'
import type { Config, RegisteredCaller, Revoked, Staleness } from '../contract/config.ts'
import { DEFAULT_ZONE } from '../contract/config-guards.ts'
import { DEFAULT_ALGORITHMS, DEFAULT_CLAIMS, type IssuerConfig, type LoginConfig } from '../contract/identity-config.ts'
import { stricter } from '../contract/permission.ts'
import type { Effect, Permission } from '../contract/vocabulary.ts'
import { alertsOf } from './alerts-build.ts'
import { buildApprovals } from './approvals-build.ts'
import { secondsOf } from './duration.ts'
import { guardsOf } from './guards-build.ts'
import { bandOf, limitsOf } from './limits-build.ts'
import type {
  AlertsFile,
  BudgetEntry,
  CallerEntry,
  IssuerEntry,
  Owner,
  RbacFile,
  RevokedEntry,
  SecurityFile,
} from './policy-files.ts'
import { matchesPattern } from './tool-pattern.ts'

type Tools = Readonly<Record<string, CatalogueTool>>

interface PolicyFiles {
  rbac: RbacFile
  security: SecurityFile
  alerts: AlertsFile
  owners: readonly Owner[]
}

/** What Rego reads: the policy files with units resolved, patterns applied and defaults filled in. */
export function buildConfig({ rbac, security, alerts, owners }: PolicyFiles, tools: Tools): Config {
  return {
    rbac: rbacOf(rbac, owners, tools, security.security.guards?.hours?.zone ?? DEFAULT_ZONE),
    security: securityOf(security, rbac.rbac.revoked?.effects),
    alerts: alertsOf(alerts.alerts, owners),
    tools: mapValues(tools, ({ entity, effect, money, reversible, facts }) => ({
      entity,
      effect,
      money,
      reversible,
      facts: Object.keys(facts ?? {}).sort(),
    })),
  }
}

function rbacOf({ rbac }: RbacFile, owners: readonly Owner[], tools: Tools, zone: string): Config['rbac'] {
  const patterns = Object.entries(rbac.tools ?? {})
  return {
    roles: mapValues(rbac.roles, (role) => role.permissions),
    callers: mapValues(rbac.callers ?? {}, callerOf),
    ...(rbac.budgets === undefined ? {} : { budgets: mapValues(rbac.budgets, budgetOf) }),
    tools: mapValues(tools, (tool) =>
      patterns
        .filter(([pattern]) => matchesPattern(pattern, tool.name))
        .reduce((permission: Permission, [, entry]) => stricter(permission, entry.permission), tool.permission),
    ),
    alcada: mapValues(rbac.alcada ?? {}, (bands) => bands.map(bandOf)),
    ...(rbac.approvals === undefined ? {} : { approvals: buildApprovals(rbac.approvals, owners) }),
    ...limitsOf(rbac, zone),
    revoked: revokedOf(rbac.revoked, tools),
  }
}

function callerOf({ budget, ...caller }: CallerEntry): RegisteredCaller {
  const own = budget === undefined ? {} : { budget: budgetOf(budget) }
  return { ...caller, valid_until: caller.valid_until ?? null, ...own }
}

function budgetOf(entry: BudgetEntry): CallerBudget {
  return { calls_per_minute: entry.calls_per_minute ?? null, writes_per_minute: entry.writes_per_minute ?? null }
}

function securityOf({ security }: SecurityFile, revoked: Effect[] = []): Config['security'] {
  const { authentication, authorization, audit } = security
  return {
    rbac_enabled: authorization.rbac_enabled,
    default_role: authorization.default_role,
    admin_approval: authorization.admin_approval,
    token_rotation_s: certain(secondsOf(authentication.token_rotation), 'token_rotation'),
    max_failures: authentication.max_failures,
    lockout_duration_s: certain(secondsOf(authentication.lockout_duration), 'lockout_duration'),
    log_all_requests: audit.log_all_requests,
    log_sensitive_data: audit.log_sensitive_data,
    retention_days: audit.retention_days,
    trail_retention_days: audit.trail_retention_days ?? 1826,
    // An effect that is stopped for good is one that nobody may have.
    forbidden_effects: [...new Set([...(security.forbidden_effects ?? []), ...revoked])],
    clear_for: security.clear_for ?? {},
    guards: guardsOf(security.guards),
    ...(security.staleness === undefined ? {} : { staleness: stalenessOf(security.staleness) }),
    ended_overlays: security.ended_overlays ?? [],
    ...(security.identity === undefined ? {} : { identity: identityOf(security.identity) }),
  }
}

function stalenessOf({ budget, deny }: NonNullable<SecurityFile['security']['staleness']>): Staleness {
  return { budget_s: certain(secondsOf(budget), 'staleness.budget'), deny }
}

function revokedOf(entry: RevokedEntry = {}, all: Tools): Revoked {
  const { callers = [], persons = [], roles = [], companies = [], tools: patterns = [] } = entry
  const tools = Object.keys(all).filter((name) => patterns.some((pattern) => matchesPattern(pattern, name)))
  return { callers, persons, roles, companies, tools: tools.sort() }
}

function identityOf({ embedded = true, issuers }: Identity): Config['security']['identity'] & object {
  return { embedded, issuers: issuers.map(issuerOf) }
}

type Identity = NonNullable<SecurityFile['security']['identity']>

function issuerOf(entry: IssuerEntry): IssuerConfig {
  const { issuer, jwks, discovery, audience = null, algorithms = [...DEFAULT_ALGORITHMS], scopes = [] } = entry
  return {
    issuer,
    keys: jwks === undefined ? { discovery: discovery ?? issuer } : { jwks },
    audience,
    algorithms,
    scopes,
    claims: { ...DEFAULT_CLAIMS, ...entry.claims },
    role_names: entry.role_names ?? null,
    ...(entry.login === undefined ? {} : { login: loginOf(entry.login, entry) }),
  }
}

function loginOf(login: NonNullable<IssuerEntry['login']>, { issuer, claims }: IssuerEntry): LoginConfig {
  const { client_id, client_secret = null, scopes = [] } = login
  const person = login.person ?? claims?.person ?? DEFAULT_CLAIMS.person
  return { name: login.name ?? new URL(issuer).host, client_id, client_secret, scopes, person }
}

/** Sorted by key, so that the same sources make the same bytes. */
function mapValues<A, B>(map: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  const keys = Object.keys(map).sort()
  return Object.fromEntries(keys.flatMap((key) => (map[key] === undefined ? [] : [[key, change(map[key])]])))
}

/** The shape was checked before: what is missing here is our mistake, not the user's. */
function certain(value: number | null, name: string): number {
  if (value === null) throw new Error(`\`${name}\` passed its check and cannot be read`)
  return value
}
