import type { CallerBudget } from '../../contract/budget.ts'
import { type Config, DEFAULT_STALENESS, type RegisteredCaller } from '../../contract/config.ts'
import type { Change } from './matrix.ts'

/** One key that the server obeys itself, so that no decision of the policy shows it. */
interface Setting {
  key: string
  base: unknown
  head: unknown
  widens: boolean
  sentence: string
}

/** What changed of the keys that the servers obey without asking the policy: who gets in, how often, what is kept. */
export function settingChanges(erp: string, before: Config, after: Config): { wider: Change[]; narrower: Change[] } {
  const found = [...signIn(before, after), ...kept(before, after), ...budgets(before, after), ...callers(before, after)]
  const changes = found.map(({ key, base, head, widens, sentence }) => {
    const witness = { setting: key, base, head }
    return { widens, change: { erp, role: '', tool: '', sentence: `${sentence} (${erp})`, count: 1, witness } }
  })
  return {
    wider: changes.filter(({ widens }) => widens).map(({ change }) => change),
    narrower: changes.filter(({ widens }) => !widens).map(({ change }) => change),
  }
}

/** Keys whose change `settingChanges` tells, or part of whose change it tells. */
export const SETTING_KEYS: readonly RegExp[] = [
  /^security\.(max_failures|lockout_duration_s|retention_days|trail_retention_days|log_all_requests|log_sensitive_data)$/,
  /^security\.(identity|staleness|ended_overlays)(\.|$)/,
  /^rbac\.(budgets|callers|approvals)(\.|$)/,
]

function signIn({ security: before, rbac: old }: Config, { security: after, rbac: now }: Config): Setting[] {
  const ended = (after.ended_overlays ?? []).filter((id) => !(before.ended_overlays ?? []).includes(id))
  return [
    ...number(
      'security.max_failures',
      before.max_failures,
      after.max_failures,
      true,
      'failed sign-ins before a lock-out',
    ),
    ...number(
      'security.lockout_duration_s',
      before.lockout_duration_s,
      after.lockout_duration_s,
      false,
      'seconds of a lock-out',
    ),
    ...changed(
      'security.identity',
      before.identity,
      after.identity,
      'whose tokens are taken, and what is read from them, changed',
    ),
    ...changed(
      'rbac.approvals',
      old.approvals,
      now.approvals,
      'how requests for approval are told, carried out and ended changed',
    ),
    ...ended.map(
      (id): Setting => ({
        key: 'security.ended_overlays',
        base: before.ended_overlays ?? [],
        head: after.ended_overlays ?? [],
        widens: true,
        sentence: `the emergency stop ${id} ends before its time`,
      }),
    ),
  ]
}

function kept({ security: before }: Config, { security: after }: Config): Setting[] {
  const [old, now] = [before.staleness ?? DEFAULT_STALENESS, after.staleness ?? DEFAULT_STALENESS]
  return [
    ...number('security.retention_days', before.retention_days, after.retention_days, false, 'days that logs are kept'),
    ...number(
      'security.trail_retention_days',
      before.trail_retention_days,
      after.trail_retention_days,
      false,
      'days that the ledger is kept',
    ),
    ...number('security.staleness.budget_s', old.budget_s, now.budget_s, true, 'seconds that an old policy goes on'),
    ...flag(
      'security.staleness.deny',
      old.deny === 'all',
      now.deny === 'all',
      false,
      'reads too are refused under a stale policy',
    ),
    ...flag(
      'security.log_all_requests',
      before.log_all_requests,
      after.log_all_requests,
      false,
      'allowed reads are logged',
    ),
    ...flag(
      'security.log_sensitive_data',
      before.log_sensitive_data,
      after.log_sensitive_data,
      true,
      'personal values are logged',
    ),
  ]
}

function budgets({ rbac: before }: Config, { rbac: after }: Config): Setting[] {
  const [old, now] = [before.budgets ?? {}, after.budgets ?? {}]
  return union(old, now).flatMap((role) => budget(`rbac.budgets.${role}`, old[role], now[role], `for ${role}`))
}

function callers({ rbac: before }: Config, { rbac: after }: Config): Setting[] {
  return union(before.callers, after.callers).flatMap((id): Setting[] => {
    const [old, now] = [before.callers[id], after.callers[id]]
    const key = `rbac.callers.${id}`
    if (old === undefined) return now === undefined ? [] : [addedCaller(key, id, now)]
    if (now === undefined) {
      const sentence = `what rbac.yaml limits ${id} to is gone: its tokens may hold any company and role`
      return [{ key, base: old, head: null, widens: true, sentence }]
    }
    return [
      ...list(`${key}.companies`, old.companies, now.companies, `act for the company`, id),
      ...list(`${key}.roles`, old.roles, now.roles, `have the role`, id),
      ...lastDay(key, id, old, now),
      ...changed(`${key}.person`, old.person, now.person, `another person answers for ${id}`),
      ...changed(`${key}.keys`, old.keys, now.keys, `the keys by which ${id} gets tokens changed`),
      ...budget(`${key}.budget`, old.budget, now.budget, `for ${id}`),
    ]
  })
}

function addedCaller(key: string, id: string, now: RegisteredCaller): Setting {
  const widens = (now.keys ?? []).length > 0
  const sentence = widens ? `${id} may get tokens of its own` : `${id} is limited to what rbac.yaml says of it`
  return { key, base: null, head: now, widens, sentence }
}

function lastDay(key: string, id: string, old: RegisteredCaller, now: RegisteredCaller): Setting[] {
  const [base, head] = [old.valid_until, now.valid_until]
  if (base === head) return []
  const widens = head === null || (base !== null && head > base)
  const sentence = `${id} may call ${head === null ? 'without end' : `until ${head}`}; was ${base ?? 'without end'}`
  return [{ key: `${key}.valid_until`, base, head, widens, sentence }]
}

function list(key: string, base: readonly string[], head: readonly string[], what: string, id: string): Setting[] {
  const gained = head.filter((each) => !base.includes(each))
  const lost = base.filter((each) => !head.includes(each))
  return [
    ...gained.map((each) => ({ key, base, head, widens: true, sentence: `${id} may now ${what} ${each}` })),
    ...lost.map((each) => ({ key, base, head, widens: false, sentence: `${id} may no longer ${what} ${each}` })),
  ]
}

function budget(key: string, old: CallerBudget | undefined, now: CallerBudget | undefined, whose: string): Setting[] {
  return (['calls_per_minute', 'writes_per_minute'] as const).flatMap((name) => {
    const [base, head] = [old?.[name] ?? null, now?.[name] ?? null]
    if (base === head) return []
    const widens = head === null || (base !== null && head > base)
    const sentence = `${name.replaceAll('_', ' ')} ${whose}: now ${head ?? 'without limit'}, was ${base ?? 'without limit'}`
    return [{ key: `${key}.${name}`, base, head, widens, sentence }]
  })
}

function number(key: string, base: number, head: number, moreWidens: boolean, what: string): Setting[] {
  if (base === head) return []
  return [{ key, base, head, widens: head > base === moreWidens, sentence: `${what}: now ${head}, was ${base}` }]
}

function flag(key: string, base: boolean, head: boolean, onWidens: boolean, what: string): Setting[] {
  if (base === head) return []
  return [{ key, base, head, widens: head === onWidens, sentence: head ? `now ${what}` : `no longer: ${what}` }]
}

/** What can be told neither wider nor narrower is taken for wider. */
function changed(key: string, base: unknown, head: unknown, sentence: string): Setting[] {
  if (JSON.stringify(base) === JSON.stringify(head)) return []
  return [{ key, base: base ?? null, head: head ?? null, widens: true, sentence }]
}

function union(a: object, b: object): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()
}
