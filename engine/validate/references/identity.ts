import { webAddressKind } from '../../contract/web-address.ts'
import { pointerOf, type Reporter } from '../place.ts'
import type { SecurityFile } from '../policy-files.ts'
import { checkLogin } from './login.ts'
import { checkRole } from './rbac.ts'

type Identity = NonNullable<SecurityFile['security']['identity']>

/** `identity:` of security.yaml: somebody can get in, each issuer stands once, and nobody in between can give us keys. */
export function checkIdentity(
  { embedded = true, issuers }: Identity,
  roles: Readonly<Record<string, unknown>>,
  report: Reporter,
): void {
  const at = '/security/identity'
  if (!embedded && issuers.length === 0) {
    const message = 'no issuer is trusted, so nobody could call anything'
    report.atKey(at, { code: 'ISSUER_NONE', message, help: 'add an issuer, or remove `embedded: false`' })
  }
  for (const [index, entry] of issuers.entries()) {
    const base = `${at}${pointerOf('issuers', index)}`
    if (issuers.findIndex(({ issuer }) => issuer === entry.issuer) < index) {
      const message = `issuer \`${entry.issuer}\` stands here twice`
      report.at(`${base}/issuer`, { code: 'ISSUER_TWICE', message, help: 'keep one of them' })
    }
    for (const key of ['issuer', 'jwks', 'discovery'] as const) {
      const address = entry[key]
      if (address !== undefined) checkAddress(address, `${base}/${key}`, report)
    }
    for (const [name, role] of Object.entries(entry.role_names ?? {})) {
      checkRole(role, roles, `${base}${pointerOf('role_names', name)}`, report)
    }
    checkLogin(entry, `${base}/login`, report)
  }
}

function checkAddress(address: string, at: string, report: Reporter): void {
  const kind = webAddressKind(address)
  if (kind === 'loopback') {
    const message = `\`${address}\` is on this machine: only a server with development keys takes it`
    report.at(at, { code: 'ISSUER_LOOPBACK', message, help: 'name the real issuer by https', severity: 'warning' })
  } else if (kind === null) {
    const message = `expected an https address, got \`${address}\``
    report.at(at, { code: 'ISSUER_NOT_HTTPS', message, help: 'keys that come over http can be anybody’s: use https' })
  }
}
