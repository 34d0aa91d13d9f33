import { type Call, type Handlers, mustBe, notFound, text } from './call.ts'
import { checkBody, invalid } from './pull-routes.ts'
import { userShape } from './shapes.ts'
import type { StoredComment, StoredIssue } from './world.ts'

export const issueRoutes: Handlers = {
  'issues/create'(call) {
    const by = mustBe(call, 'read', 'issues')
    const { world, repo, body } = call
    checkBody(text(body['body']))
    const labels = new Set(namesOf(body['labels']))
    const made: StoredIssue = {
      number: world.next(),
      title: text(body['title']),
      body: text(body['body']),
      by,
      state: 'open',
      labels,
    }
    repo.issues.push(made)
    return { status: 201, body: issueShape(made) }
  },
  'issues/get'(call) {
    return { status: 200, body: issueShape(issueOf(call)) }
  },
  'issues/update'(call) {
    const issue = issueOf(call)
    mustBe(call, 'write', 'issues')
    checkBody(text(call.body['body']))
    issue.title = text(call.body['title'], issue.title)
    issue.body = text(call.body['body'], issue.body)
    if (call.body['state'] !== undefined) issue.state = call.body['state'] === 'open' ? 'open' : 'closed'
    return { status: 200, body: issueShape(issue) }
  },
  'issues/list-for-repo'({ repo, query }) {
    const [state, labels] = [query.get('state') ?? 'open', (query.get('labels') ?? '').split(',').filter(Boolean)]
    const all = [...repo.issues, ...repo.pulls].sort((a, b) => a.number - b.number)
    const found = all.filter(
      (one) => (state === 'all' || one.state === state) && labels.every((label) => one.labels.has(label)),
    )
    const sorted = query.get('direction') === 'asc' ? found : found.toReversed()
    return { status: 200, body: sorted.map(issueShape) }
  },
  'issues/add-labels'(call) {
    const issue = issueOf(call)
    mustBe(call, 'write', 'issues')
    for (const name of namesOf(call.body['labels'])) issue.labels.add(name)
    return { status: 200, body: [...issue.labels].map((name) => ({ name })) }
  },
  'issues/remove-label'(call) {
    const issue = issueOf(call)
    mustBe(call, 'write', 'issues')
    if (!issue.labels.delete(call.params['name'] ?? '')) throw notFound()
    return { status: 200, body: [...issue.labels].map((name) => ({ name })) }
  },
  'issues/list-comments'(call) {
    const { number } = issueOf(call)
    const found = call.repo.comments.filter((comment) => comment.number === number)
    return { status: 200, body: found.map((comment) => commentShape(call, comment)) }
  },
  'issues/create-comment'(call) {
    const { number } = issueOf(call)
    const by = mustBe(call, 'read', 'issues')
    checkBody(text(call.body['body']))
    const made = { id: call.world.next(), number, by, body: text(call.body['body']) }
    call.repo.comments.push(made)
    return { status: 201, body: commentShape(call, made) }
  },
  'issues/update-comment'(call) {
    const comment = commentOf(call)
    checkBody(text(call.body['body']))
    comment.body = text(call.body['body'])
    return { status: 200, body: commentShape(call, comment) }
  },
  'issues/delete-comment'(call) {
    const comment = commentOf(call)
    call.repo.comments.splice(call.repo.comments.indexOf(comment), 1)
    return { status: 204 }
  },
}

function issueOf({ repo, params }: Call): Pick<StoredIssue, 'number' | 'title' | 'body' | 'by' | 'state' | 'labels'> {
  const number = Number(params['issue_number'])
  const found = [...repo.issues, ...repo.pulls].find((one) => one.number === number)
  if (found === undefined) throw notFound()
  return found
}

/** Its author may change it, and who may write here. */
function commentOf(call: Call): StoredComment {
  const found = call.repo.comments.find(({ id }) => id === Number(call.params['comment_id']))
  if (found === undefined) throw notFound()
  if (mustBe(call, 'read', 'issues') !== found.by) mustBe(call, 'write', 'issues')
  return found
}

function namesOf(labels: unknown): string[] {
  if (labels === undefined) return []
  if (!Array.isArray(labels)) throw invalid({ field: 'labels', code: 'invalid' })
  return labels.map((label) => text(label, text(label?.name)))
}

function issueShape(issue: ReturnType<typeof issueOf>): object {
  const pull = 'headRef' in issue ? { pull_request: { url: '', html_url: '', diff_url: '', patch_url: '' } } : {}
  const { number, title, body, by, state, labels } = issue
  return {
    id: number,
    number,
    title,
    body,
    user: userShape(by),
    state,
    labels: [...labels].map((name) => ({ name })),
    ...pull,
  }
}

function commentShape({ api }: Call, { id, number, by, body }: StoredComment): object {
  return { id, body, user: userShape(by), html_url: `${new URL(api).origin}/comments/${number}#issuecomment-${id}` }
}
