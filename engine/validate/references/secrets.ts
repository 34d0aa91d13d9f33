import { SECRET_NAME } from '../../contract/secret-name.ts'
import { pointerOf, type Reporter } from '../place.ts'

/** The governance document's own example; it names no address and sends nothing. */
export const PLACEHOLDER_WEBHOOK = 'https://hooks.slack.com/...'

/** Shapes of keys as their makers publish them; and any long run of mixed letters and digits. */
const SECRET_SHAPES: readonly RegExp[] = [
  /hooks\.slack\.com\/(services|workflows|triggers)\//,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/,
  /\b(ghp|gho|ghs|ghu|ghr|github_pat|glpat|sk|pk|rk)[_-][A-Za-z0-9_-]{16,}/,
  /\bAKIA[0-9A-Z]{16}\b/,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\./,
  /^(Bearer|Basic|Token)\s+\S{8,}$/i,
  /^[0-9a-f]{32,}$/i,
  /^(?=.*[0-9])(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9+/_-]{32,}={0,2}$/,
]

// The one long random text that belongs here: the public half of a caller's key.
const PUBLIC_KEY = /^\/rbac\/callers\/[^/]+\/keys\/\d+\/[xy]$/

/** No secret stands in a YAML file: whoever reads the repository would have it. */
export function checkSecrets(value: unknown, report: Reporter, at: string = ''): void {
  if (typeof value === 'string') {
    if (PUBLIC_KEY.test(at)) return
    if (SECRET_SHAPES.some((shape) => shape.test(value))) literal(report, at)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) checkSecrets(inner, report, `${at}${pointerOf(key)}`)
  }
}

/** A webhook is named, never written: `secret:NAME` resolves from the ERP's credential store. What looks like a secret has been found already. */
export function checkWebhook(webhook: string, at: string, report: Reporter): void {
  if (SECRET_NAME.test(webhook)) return
  if (webhook === PLACEHOLDER_WEBHOOK) {
    const help = 'store the address in the ERP’s credential store and write `webhook: secret:NAME`'
    const message = 'this webhook is a placeholder: nothing is sent'
    report.at(at, { code: 'WEBHOOK_PLACEHOLDER', message, help, severity: 'warning' })
  } else if (!SECRET_SHAPES.some((shape) => shape.test(webhook))) literal(report, at)
}

/** A text that names a secret of the ERP's store. What looks like a secret has been found already. */
export function checkSecretName(name: string, at: string, report: Reporter): void {
  if (!SECRET_NAME.test(name) && !SECRET_SHAPES.some((shape) => shape.test(name))) literal(report, at)
}

// The value itself is not repeated: findings are printed in public logs.
function literal(report: Reporter, at: string): void {
  report.at(at, {
    code: 'SECRET_LITERAL',
    message: 'this looks like a secret written out',
    help: 'take it out, replace it where it was issued, store it, and write `secret:NAME` here, the name in capitals',
  })
}
