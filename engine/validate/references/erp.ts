import type { AuthItem, Erp, Template } from '../../contract/erp.ts'
import { suggest } from '../nearest.ts'
import { pointerOf, type Reporter } from '../place.ts'
import { checkAddress } from './address.ts'
import { checkOAuth2 } from './oauth2.ts'

/** What erp.yaml says about itself: name, address, credentials, markers and expressions. */
export function checkErp(folder: string, erp: Erp, report: Reporter): void {
  if (erp.name !== folder) {
    const message = `expected the folder's name \`${folder}\`, got \`${erp.name}\``
    report.at('/name', { code: 'ERP_NAME', message, help: 'rename one of them' })
  }
  if ((erp.kind === 'api') !== (erp.request !== undefined)) {
    const message = erp.kind === 'api' ? 'kind `api` needs `request`' : 'kind `mcp` has no `request`'
    report.at('/kind', { code: 'KIND_MISMATCH', message, help: 'change the kind, or add or remove `request`' })
  }
  checkWay(erp, report)
  checkAuth(erp, erp.connection.auth, '/connection/auth', report)
  checkOAuth2(erp, report)
  checkTemplate(erp, erp.request?.body ?? null, '/request/body', ['$native', '$args', '$credential'], report)
  for (const [index, rule] of erp.errors.entries()) {
    if (rule.matches !== undefined) checkRegex(rule.matches, pointerOf('errors', index, 'matches'), report)
    if (rule.retryAfter !== undefined && 'regex' in rule.retryAfter) {
      checkRegex(rule.retryAfter.regex, pointerOf('errors', index, 'retryAfter', 'regex'), report, 1)
    }
  }
}

/** Credential names of an ERP, secret and plain. */
export function credentialNames(erp: Erp): string[] {
  return [...erp.credentials.secret, ...(erp.credentials.plain ?? [])]
}

export function checkCredential(erp: Erp, name: string, pointer: string, report: Reporter): void {
  const known = credentialNames(erp)
  if (known.includes(name)) return
  const message = `credential \`${name}\` is not declared under \`credentials\` in erp.yaml`
  report.at(pointer, { code: 'CREDENTIAL_UNKNOWN', message, help: suggest(name, known, 'credential') })
}

/** An address, or of an upstream a program: one of them. */
function checkWay(erp: Erp, report: Reporter): void {
  const { process: program, connection } = erp
  const { baseUrl, allowedHosts = [] } = connection
  if (program === undefined) {
    const help = 'add `baseUrl:` and `allowedHosts:`; an upstream MCP server may have a `process:` instead'
    if (baseUrl !== undefined) checkAddress(baseUrl, allowedHosts, '/connection/baseUrl', report)
    else report.atKey('/connection', { code: 'KEY_MISSING', message: 'key `baseUrl` is missing here', help })
    return
  }
  const wrong = erp.kind === 'api' ? 'kind `api` has no `process`' : 'a process has neither address nor `auth`'
  if (erp.kind === 'api' || baseUrl !== undefined || connection.auth.length > 0) {
    const help = 'remove one of them; a credential for a process stands in its `env`'
    report.atKey('/process', { code: 'KIND_MISMATCH', message: wrong, help })
  }
  for (const [name, value] of Object.entries(program.env ?? {})) {
    if (typeof value === 'string' || !('credential' in value)) continue
    checkCredential(erp, value.credential, pointerOf('process', 'env', name, 'credential'), report)
  }
}

/** The ways of authenticating at `base` name credentials that erp.yaml declares. */
export function checkAuth(erp: Erp, auth: readonly AuthItem[], base: string, report: Reporter): void {
  for (const [index, item] of auth.entries()) {
    const at = `${base}${pointerOf(index)}`
    for (const [path, name] of namesIn(item)) checkCredential(erp, name, `${at}${path}`, report)
    if (item.in === 'session') checkTemplate(erp, item.login.body, `${at}/login/body`, ['$credential'], report)
  }
}

function namesIn(item: AuthItem): [string, string][] {
  switch (item.in) {
    case 'basic':
      return [
        ['/user', item.user],
        ['/password', item.password],
      ]
    case 'session':
      return item.token.join.flatMap((part, index): [string, string][] =>
        'credential' in part ? [[pointerOf('token', 'join', index, 'credential'), part.credential]] : [],
      )
    case 'oauth2':
      return [
        ['/clientId', item.clientId],
        ['/clientSecret', item.clientSecret],
      ]
    default:
      return [['/credential', item.credential]]
  }
}

function checkTemplate(erp: Erp, template: Template, at: string, markers: readonly string[], report: Reporter): void {
  if (typeof template !== 'object' || template === null) return
  for (const [key, value] of Object.entries(template)) {
    const pointer = `${at}${pointerOf(key)}`
    if (Array.isArray(template) || !key.startsWith('$')) checkTemplate(erp, value, pointer, markers, report)
    else if (!markers.includes(key) || Object.keys(template).length > 1 || !fits(key, value)) {
      const help = `known: {$native: call}, {$args: true}, {$credential: name}; here ${markers.join(', ')}, each alone in its map`
      report.atKey(pointer, { code: 'MARKER_UNKNOWN', message: `marker \`${key}\` cannot stand here like this`, help })
    } else if (key === '$credential' && typeof value === 'string') checkCredential(erp, value, pointer, report)
  }
}

function fits(marker: string, value: Template): boolean {
  if (marker === '$args') return value === true
  return marker === '$native' ? value === 'call' : typeof value === 'string'
}

/** `groups`: how many the expression must have at least. */
function checkRegex(text: string, pointer: string, report: Reporter, groups: number = 0): void {
  const found = groupsIn(text)
  if (found === null) {
    const message = `\`${text}\` is no regular expression`
    const help = 'correct it; write \\\\ before a character meant as itself'
    report.at(pointer, { code: 'REGEX_MALFORMED', message, help })
  } else if (found < groups) {
    const message = `expected a group in \`${text}\`, got none`
    report.at(pointer, { code: 'REGEX_MALFORMED', message, help: 'put round brackets around the seconds: `(\\\\d+)`' })
  }
}

function groupsIn(text: string): number | null {
  try {
    // With an empty alternative it matches anything, and the match tells how many groups there are.
    return (new RegExp(`${text}|`, 'i').exec('')?.length ?? 1) - 1
  } catch {
    return null
  }
}

/** Whether the request's envelope names the native call, so that every tool must have one. */
export function needsCall(erp: Erp): boolean {
  return erp.kind === 'mcp' || JSON.stringify(erp.request?.body ?? null).includes('"$native":"call"')
}
