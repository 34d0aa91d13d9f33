import type { GitHub } from './client.ts'
import { isGitHubError } from './error.ts'

export interface Issue {
  number: number
  title: string
  body: string
  url: string
}

/** Open issues with a label, pull requests left out, oldest first. */
export async function openIssues({ octokit, at }: GitHub, label: string): Promise<Issue[]> {
  const asked = { ...at, labels: label, state: 'open', per_page: 100, sort: 'created', direction: 'asc' } as const
  const found = await octokit.paginate(octokit.rest.issues.listForRepo, asked)
  return found.filter(({ pull_request: pull }) => pull === undefined).map(issueOf)
}

export async function createIssue(
  { octokit, at }: GitHub,
  issue: { title: string; body: string; labels: string[] },
): Promise<Issue> {
  return issueOf((await octokit.rest.issues.create({ ...at, ...issue })).data)
}

export async function updateIssue(
  { octokit, at }: GitHub,
  number: number,
  change: { title?: string; body?: string; state?: 'open' | 'closed' },
): Promise<Issue> {
  return issueOf((await octokit.rest.issues.update({ ...at, issue_number: number, ...change })).data)
}

/** Puts labels on an issue or pull request; those there stay. Labels only inform: nothing here decides by one. */
export async function addLabels({ octokit, at }: GitHub, number: number, labels: string[]): Promise<void> {
  await octokit.rest.issues.addLabels({ ...at, issue_number: number, labels })
}

/** Takes a label off; one that is not on it is as good as off. */
export async function removeLabel({ octokit, at }: GitHub, number: number, name: string): Promise<void> {
  try {
    await octokit.rest.issues.removeLabel({ ...at, issue_number: number, name })
  } catch (error) {
    if (!isGitHubError(error, 'GITHUB_NOT_FOUND')) throw error
  }
}

function issueOf(issue: { number: number; title: string; body?: string | null | undefined; html_url: string }): Issue {
  return { number: issue.number, title: issue.title, body: issue.body ?? '', url: issue.html_url }
}
