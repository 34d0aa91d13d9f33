import type { GitHub } from './client.ts'

/** A comment below a pull request or an issue. */
export interface Comment {
  id: number
  author: string | null
  body: string
  url: string
}

/** What a comment of ours begins with, unseen by readers. */
export function markerOf(name: string): string {
  return `<!-- alcada:${name} -->`
}

/**
 * The one comment with this marker below a pull request: made once, then replaced. A comment of somebody else that
 * begins with the marker is left alone.
 * @param name of the marker, such as `summary`
 * @param mine login of the token's user, who wrote the earlier one; null: whoever GitHub lets edit it
 */
export async function stickyComment(
  github: GitHub,
  { number, name, body, mine }: { number: number; name: string; body: string; mine: string | null },
): Promise<Comment> {
  const { octokit, at } = github
  const marker = markerOf(name)
  const text = `${marker}\n${body}`
  const earlier = (await commentsOf(github, number)).find(
    (comment) => comment.body.startsWith(marker) && (mine === null || comment.author === mine),
  )
  if (earlier === undefined) {
    return commentOf((await octokit.rest.issues.createComment({ ...at, issue_number: number, body: text })).data)
  }
  if (earlier.body === text) return earlier
  return commentOf((await octokit.rest.issues.updateComment({ ...at, comment_id: earlier.id, body: text })).data)
}

/** All of them, oldest first. */
export async function commentsOf({ octokit, at }: GitHub, number: number): Promise<Comment[]> {
  const asked = { ...at, issue_number: number, per_page: 100 }
  return (await octokit.paginate(octokit.rest.issues.listComments, asked)).map(commentOf)
}

function commentOf(comment: {
  id: number
  user: { login: string } | null
  body?: string | undefined
  html_url: string
}): Comment {
  return { id: comment.id, author: comment.user?.login ?? null, body: comment.body ?? '', url: comment.html_url }
}
