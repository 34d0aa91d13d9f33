import type { Config } from './config.ts'
import { NO_GUARDS } from './config-guards.ts'

/** Where no window is written: what historyAsk looks back, at most. */
const STANDARD_DAYS = 30

/** Days that decisions under this policy look back, with a day for zones: no entry of these leaves the ledger's database. */
export function windowDays({ rbac, security }: Pick<Config, 'rbac' | 'security'>): number {
  const { duplicates = null, bank_freeze = null } = security.guards ?? NO_GUARDS
  const hold = bank_freeze === null ? 0 : Math.ceil(bank_freeze.hold_ms / 86_400_000)
  const windows = [rbac.duties?.window_days, rbac.totals?.window_days, duplicates?.window_days, hold, STANDARD_DAYS]
  return Math.max(...windows.map((days) => days ?? 0)) + 1
}
