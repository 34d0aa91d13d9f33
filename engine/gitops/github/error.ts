export type GitHubErrorCode =
  | 'GITHUB_NO_TOKEN'
  | 'GITHUB_ADDRESS'
  | 'GITHUB_TOKEN_REFUSED'
  | 'GITHUB_NO_RIGHTS'
  | 'GITHUB_PLAN'
  | 'GITHUB_NOT_FOUND'
  | 'GITHUB_RULES'
  | 'GITHUB_CONFLICT'
  | 'GITHUB_INVALID'
  | 'GITHUB_RATE_LIMIT'
  | 'GITHUB_UNREACHABLE'
  | 'GITHUB_FAILED'

/** GitHub did not do what it was asked. The message says why, and what to do. */
export class GitHubError extends Error {
  readonly code: GitHubErrorCode
  /** HTTP status; null where nothing answered. */
  readonly status: number | null

  constructor(code: GitHubErrorCode, message: string, options: ErrorOptions & { status?: number | null } = {}) {
    super(message, options)
    this.name = 'GitHubError'
    this.code = code
    this.status = options.status ?? null
  }
}

/** The one place that asks whether an error is this one of GitHub's. */
export function isGitHubError(error: unknown, ...codes: GitHubErrorCode[]): error is GitHubError {
  return error instanceof GitHubError && (codes.length === 0 || codes.includes(error.code))
}
