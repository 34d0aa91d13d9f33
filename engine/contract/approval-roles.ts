import type { Config } from './config.ts'

type Substitutes = NonNullable<Config['rbac']['substitutes']>

/** The roles in which a person stands in for somebody at an instant: `substitutes` of rbac.yaml, as Rego judges them. */
export function standInRoles(person: string, atMs: number, substitutes: Substitutes): string[] {
  const places = Object.hasOwn(substitutes, person) ? (substitutes[person] ?? []) : []
  const roles = places.filter(({ from_ms, until_ms }) => from_ms <= atMs && atMs < until_ms).map(({ role }) => role)
  return [...new Set(roles)].sort()
}

/** Every role whose consent the policy may ask for. */
export function rolesAsked({ rbac, security }: Pick<Config, 'rbac' | 'security'>): string[] {
  const { bank_freeze = null, duplicates = null } = security.guards ?? {}
  const bands = Object.values(rbac.alcada).flatMap((list) => list.filter(({ approvers }) => approvers > 0))
  const administrators = Object.entries(rbac.roles).flatMap(([role, held]) => (held.includes('admin') ? [role] : []))
  const asked = [...bands, bank_freeze, duplicates].flatMap((one) => one?.roles ?? [])
  return [...new Set([...asked, ...(security.admin_approval ? administrators : [])])].sort()
}
