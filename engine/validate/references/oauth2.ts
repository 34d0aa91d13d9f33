import type { AuthItem, Erp, OAuth2Auth } from '../../contract/erp.ts'
import { suggest } from '../nearest.ts'
import { pointerOf, type Reporter } from '../place.ts'
import { checkAddress } from './address.ts'

/** What `in: oauth2` says of its grant, its endpoints, and of the credential that a login fills. */
export function checkOAuth2(erp: Erp, report: Reporter): void {
  const { auth, allowedHosts = [] } = erp.connection
  for (const [index, item] of auth.entries()) {
    if (item.in !== 'oauth2') continue
    const at = pointerOf('connection', 'auth', index)
    checkBeside(erp, index, at, report)
    for (const key of ['authorizeUrl', 'tokenUrl'] as const) {
      const address = item[key]
      if (address !== undefined) checkAddress(address, allowedHosts, `${at}${pointerOf(key)}`, report)
    }
    checkGrant(item, at, report)
    checkGranted(erp, item, at, report)
  }
  checkFilled(erp, report)
}

/** One of them has the header `authorization`, and only the client of kind `api` knows how to get a token. */
function checkBeside(erp: Erp, index: number, at: string, report: Reporter): void {
  if (erp.kind === 'mcp') {
    const help = 'a kind `mcp` takes `in: header` or `in: basic`'
    report.at(`${at}/in`, { code: 'OAUTH_BESIDE', message: 'kind `mcp` gets no tokens by OAuth 2', help })
    return
  }
  // Of two tokens the second is the one too many.
  const beside = erp.connection.auth.findIndex(
    (item, place) => place !== index && writesAuthorization(item) && (item.in !== 'oauth2' || place < index),
  )
  if (beside < 0) return
  const message = `the token and item ${beside + 1} of \`auth\` go into the same header \`authorization\``
  report.at(`${at}/in`, { code: 'OAUTH_BESIDE', message, help: 'keep one of them' })
}

function writesAuthorization(item: AuthItem): boolean {
  if (item.in === 'oauth2' || item.in === 'basic') return true
  if (item.in === 'header') return item.name.toLowerCase() === 'authorization'
  return item.in === 'session' && item.header.toLowerCase() === 'authorization'
}

const OF_CODE = ['authorizeUrl', 'refreshToken', 'pkce'] as const

function checkGrant(item: OAuth2Auth, at: string, report: Reporter): void {
  for (const key of OF_CODE) {
    const isThere = item[key] !== undefined
    if (item.grant === 'client_credentials' && isThere) {
      const message = `grant \`client_credentials\` has no \`${key}\`: nobody is asked`
      report.atKey(`${at}${pointerOf(key)}`, { code: 'OAUTH_GRANT', message, help: 'remove it, or change the grant' })
    } else if (item.grant === 'authorization_code' && !isThere && key !== 'pkce') {
      const message = `grant \`authorization_code\` needs \`${key}\``
      report.at(`${at}/grant`, { code: 'OAUTH_GRANT', message, help: HELP[key] })
    }
  }
}

const HELP = {
  authorizeUrl: 'add the address where a person lets us in',
  refreshToken: 'add it with the name of a credential under `credentials.granted`',
} as const

function checkGranted({ credentials }: Erp, { refreshToken }: OAuth2Auth, at: string, report: Reporter): void {
  const granted = credentials.granted ?? []
  if (refreshToken === undefined || granted.includes(refreshToken)) return
  const message = `credential \`${refreshToken}\` is not declared under \`credentials.granted\` in erp.yaml`
  report.at(`${at}/refreshToken`, {
    code: 'CREDENTIAL_UNKNOWN',
    message,
    help: suggest(refreshToken, granted, 'credential'),
  })
}

/** A value that no login fills would never be there, and one that is asked for as well would be there twice. */
function checkFilled({ connection, credentials }: Erp, report: Reporter): void {
  const filled = connection.auth.flatMap((item) => (item.in === 'oauth2' ? [item.refreshToken] : []))
  const asked = [...credentials.secret, ...(credentials.plain ?? [])]
  for (const [index, name] of (credentials.granted ?? []).entries()) {
    const at = pointerOf('credentials', 'granted', index)
    if (!filled.includes(name)) {
      const message = `no \`refreshToken\` under \`auth\` names \`${name}\`, so nothing fills it`
      report.at(at, { code: 'OAUTH_GRANT', message, help: 'name it there, or remove it here' })
    } else if (asked.includes(name)) {
      const message = `\`${name}\` stands under \`secret\` or \`plain\` as well`
      report.at(at, { code: 'OAUTH_GRANT', message, help: 'leave it here alone: a login fills it' })
    }
  }
}
