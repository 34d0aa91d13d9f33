import { type GitHub, openGitHub } from '../gitops/github/client.ts'
import { GitHubError } from '../gitops/github/error.ts'
import { type Remote, repositoryOf } from '../gitops/propose/repository.ts'
import type { Environment } from './environment.ts'

/** The project's repository on GitHub: the one of GITHUB_REPOSITORY, or else of the remote `origin`. */
export async function githubOf(root: string, { github }: Environment): Promise<GitHub> {
  const { apiUrl, token } = github
  const repository = github.repository ?? (await repositoryOf(root))
  return openGitHub({ apiUrl, token, repository, onWait: (why) => void process.stderr.write(`${why}\n`) })
}

/** The same for git: always over https, whatever the remote's address is. */
export function remoteOf({ repository }: GitHub, { github, path, home }: Environment): Remote {
  const url = `${github.serverUrl.replace(/\/+$/, '')}/${repository}.git`
  return { url, repository, token: github.token, searchPath: path, home }
}

/** @throws GitHubError without a token, with the way to one */
export function needToken({ github }: Environment): void {
  if (github.token !== undefined) return
  throw new GitHubError(
    'GITHUB_NO_TOKEN',
    'there is no token: set GITHUB_TOKEN to a fine-grained one for this repository with Contents and Pull requests: write, or run `GITHUB_TOKEN=$(gh auth token) alcada …`',
  )
}
