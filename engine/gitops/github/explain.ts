import type { Refused } from './answer.ts'
import { GitHubError, type GitHubErrorCode } from './error.ts'

const TOKEN = 'a fine-grained token for this repository needs Contents and Pull requests: write'

/** A failed request as an error with its reason and its remedy. */
export function explained(refused: Refused, { repo, token }: { repo: string; token: boolean }): GitHubError {
  const { status, said, asked } = refused
  const error = (code: GitHubErrorCode, message: string): GitHubError =>
    new GitHubError(code, `${message} (${asked})`, { status })
  if (status === null) return error('GITHUB_UNREACHABLE', `GitHub does not answer: ${said}; try again when it does`)
  if (status === 401)
    return error('GITHUB_TOKEN_REFUSED', `GitHub refuses the token: ${said}; make a new one, ${TOKEN}`)
  if (status === 403 && /upgrade to github/i.test(said)) {
    return error('GITHUB_PLAN', `the plan of \`${repo}\` does not have this: ${said}`)
  }
  if (status === 403) {
    return error('GITHUB_NO_RIGHTS', `the token may not do this in \`${repo}\`: ${said}; ${TOKEN}`)
  }
  if (status === 404 && !token) {
    return error('GITHUB_NO_TOKEN', `\`${repo}\` is not there for somebody without a token; set GITHUB_TOKEN: ${TOKEN}`)
  }
  if (status === 404) {
    return error(
      'GITHUB_NOT_FOUND',
      `not in \`${repo}\`, or not for this token: ${said}; check the name, and that the token covers it`,
    )
  }
  if (/rule violations|protected branch|GH0(06|13)/i.test(said)) {
    return error('GITHUB_RULES', `the rules of \`${repo}\` do not let this through: ${said}`)
  }
  if (status === 409 || status === 405) {
    return error('GITHUB_CONFLICT', `it changed meanwhile, or cannot be put together: ${said}; fetch and do it again`)
  }
  if (status === 422) return error('GITHUB_INVALID', `GitHub does not accept this: ${said}`)
  return error('GITHUB_FAILED', `GitHub answered ${status}: ${said}; try again later`)
}

/** The rate limit is used up for longer than this waits. */
export function limited(waitMs: number, nowMs: number, { status, said, asked }: Refused): GitHubError {
  const until = new Date(nowMs + waitMs).toISOString().slice(11, 16)
  const message = `GitHub's rate limit is used up until ${until} UTC: ${said}; run it again then (${asked})`
  return new GitHubError('GITHUB_RATE_LIMIT', message, { status })
}
