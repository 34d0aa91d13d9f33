import { signingKey } from '../access/signing-key.ts'
import { issueToken } from '../access/token.ts'
import { durationSeconds } from './duration.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { workplaceOf } from './workplace.ts'

export interface TokenIssueOptions {
  root: string
  erp: string
  sub: string
  for: string | undefined
  human: boolean
  /** For deciding on requests for approval, and nothing else. */
  approvals: boolean
  roles: readonly string[]
  companies: readonly string[]
  /** `8h`. */
  ttl: string
  format: 'text' | 'json'
}

/** `alcada token issue`: the token alone on stdout, so that it can be piped; what it is for on stderr. */
export async function tokenIssue(options: TokenIssueOptions): Promise<ExitCode> {
  const { root, erp, sub, human, approvals, roles, companies, ttl, format } = options
  const key = await signingKey({ folder: workplaceOf(root).folder, use: 'token' })
  const kind = human ? 'human' : 'agent'
  const purpose = approvals ? 'approvals' : 'calls'
  const request = { erp, sub, for: options.for, kind, purpose, roles, companies, ttlS: durationSeconds(ttl) } as const
  const { token, claims } = issueToken(request, key)
  const expires = new Date(claims.exp * 1000).toISOString()
  if (format === 'json') process.stdout.write(`${JSON.stringify({ token, claims, expires })}\n`)
  else {
    process.stderr.write(`for the server of ${erp} only, until ${expires}; keep it like a password\n`)
    process.stdout.write(`${token}\n`)
  }
  return EXIT.done
}
