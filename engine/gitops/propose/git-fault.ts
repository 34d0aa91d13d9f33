import { GitHubError } from '../github/error.ts'

/**
 * What git said when it fetched or pushed, as an error with a remedy; its own words without addresses and tokens.
 * @param right which the token needs of Contents
 */
export function gitFault(
  error: unknown,
  doing: string,
  repository: string,
  right: 'read' | 'write' = 'write',
): GitHubError {
  const said = String(error instanceof Error ? error.message : error)
  const lines = said.split('\n').map((line) => line.replace(/^(remote|fatal|error): /g, '').trim())
  const words = lines
    .filter((line) => line !== '' && !/^(To |hint:|Cloning )/.test(line))
    .join(' | ')
    .slice(0, 500)
  if (/could not read Username|Authentication failed|HTTP 401|error: 401/i.test(said)) {
    return new GitHubError(
      'GITHUB_TOKEN_REFUSED',
      `GitHub refuses the token for ${doing}: set GITHUB_TOKEN to one with Contents: ${right}`,
    )
  }
  if (/GH0(06|13)|rule violations|protected branch/i.test(said)) {
    return new GitHubError(
      'GITHUB_RULES',
      `the rules of \`${repository}\` do not let ${doing} through: ${words}; give another --branch`,
    )
  }
  if (/denied to|HTTP 403|error: 403|Write access to repository not granted/i.test(said)) {
    return new GitHubError(
      'GITHUB_NO_RIGHTS',
      right === 'read'
        ? `the token may not read \`${repository}\`: it needs Contents: read`
        : `the token may not write to \`${repository}\`: it needs Contents: write, and its user the right to push`,
    )
  }
  if (/non-fast-forward|fetch first|\[rejected\]|stale info|cannot lock ref/i.test(said)) {
    return new GitHubError('GITHUB_CONFLICT', `somebody pushed to the branch meanwhile; run it again`)
  }
  if (/not found|HTTP 404|error: 404/i.test(said)) {
    return new GitHubError('GITHUB_NOT_FOUND', `no repository \`${repository}\`, or not for this token; check the name`)
  }
  return new GitHubError('GITHUB_UNREACHABLE', `${doing} did not succeed: ${words}`)
}
