import { setTimeout as pause } from 'node:timers/promises'
import { Octokit } from '@octokit/rest'
import { refusedOf } from './answer.ts'
import { GitHubError } from './error.ts'
import { explained, limited } from './explain.ts'
import { failureWaitMs, rateLimitWaitMs } from './limits.ts'

export interface GitHubOptions {
  /** `https://api.github.com`, or an Enterprise server's; http to loopback alone. */
  apiUrl: string
  /** undefined: nobody's, which reads what is public. */
  token: string | undefined
  /** `owner/name`. */
  repository: string
  /** Longest wait for a rate limit, in milliseconds; beyond it the request fails. Default 120_000. */
  maxWaitMs?: number
  now?: () => number
  sleep?: (ms: number) => Promise<void>
  /** Told in a sentence why nothing happens. */
  onWait?: (why: string) => void
}

/** One repository on GitHub, asked as one user. What may fail throws GitHubError, with the remedy in its message. */
export interface GitHub {
  octokit: Octokit
  /** Stands in every path: `octokit.rest.pulls.get({ ...github.at, pull_number })`. */
  at: { owner: string; repo: string }
  /** `owner/name`. */
  repository: string
}

/** Opens a repository; asks nothing yet. @throws GitHubError for an address that would show the token to others */
export function openGitHub(options: GitHubOptions): GitHub {
  const { apiUrl, token, repository, maxWaitMs = 120_000, now = Date.now, sleep = pause, onWait } = options
  const [owner = '', repo = '', ...more] = repository.split('/')
  if (owner === '' || repo === '' || more.length > 0) {
    throw new GitHubError('GITHUB_ADDRESS', `expected a repository as \`owner/name\`, got \`${repository}\``)
  }
  const silent = (): void => undefined
  const octokit = new Octokit({
    baseUrl: safeAddress(apiUrl),
    userAgent: 'alcada',
    log: { debug: silent, info: silent, warn: silent, error: silent },
    ...(token === undefined ? {} : { auth: token }),
  })
  octokit.hook.wrap('request', async (request, sent) => {
    // The second page of a list is asked for by its whole address.
    const asked = `${sent.method} ${sent.url.replace(sent.baseUrl, '').replace(/\?.*/, '')}`
    let [failures, waitedMs] = [0, 0]
    for (;;) {
      try {
        return await request(sent)
      } catch (error) {
        const refused = refusedOf(error, asked)
        if (refused === null) throw error
        const limitMs = rateLimitWaitMs(refused, now())
        const waitMs = limitMs ?? failureWaitMs(refused, failures)
        if (waitMs === null) throw explained(refused, { repo: repository, token: token !== undefined })
        if (waitedMs + waitMs > maxWaitMs) throw limited(waitMs, now(), refused)
        if (limitMs === null) failures += 1
        else onWait?.(`GitHub asks to wait ${Math.ceil(waitMs / 1_000)} s: ${refused.said}`)
        waitedMs += waitMs
        await sleep(waitMs)
      }
    }
  })
  return { octokit, at: { owner, repo }, repository }
}

function safeAddress(apiUrl: string): string {
  const url = URL.canParse(apiUrl) ? new URL(apiUrl) : null
  const loopback = url !== null && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)
  if (url === null || (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback))) {
    throw new GitHubError('GITHUB_ADDRESS', `expected GITHUB_API_URL to be an https address, got \`${apiUrl}\``)
  }
  return apiUrl.replace(/\/+$/, '')
}
