import { pointerOf, type Reporter } from '../place.ts'
import type { RbacFile, SecurityFile } from '../policy-files.ts'
import { checkIdentity } from './identity.ts'
import { checkRole } from './rbac.ts'

type Roles = RbacFile['rbac']['roles']

/** security.yaml: the roles it names exist, and who comes without a role may only read. */
export function checkSecurity(file: SecurityFile, roles: Roles, report: Reporter): void {
  const { authorization, clear_for = {}, identity } = file.security
  if (identity !== undefined) checkIdentity(identity, roles, report)
  const at = '/security/authorization/default_role'
  checkRole(authorization.default_role, roles, at, report)
  const held = roles[authorization.default_role]?.permissions ?? []
  if (held.some((permission) => permission !== 'read')) {
    const message = `expected a role that holds only \`read\`, got \`${authorization.default_role}\` with \`${held.join(', ')}\``
    report.at(at, {
      code: 'DEFAULT_ROLE_HOLDS_MORE',
      message,
      help: 'name a role such as `readonly`: everybody with a valid token has it',
    })
  }
  for (const [kind, names] of Object.entries(clear_for)) {
    for (const [index, role] of names.entries())
      checkRole(role, roles, pointerOf('security', 'clear_for', kind, index), report)
  }
}
