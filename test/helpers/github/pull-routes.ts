import { type Call, type Handlers, mustBe, notFound, Refusal, text } from './call.ts'
import { changedFiles, commits, mergedTree, mergeInto, shaOf } from './git.ts'
import { refreshed } from './refresh.ts'
import { mergeFaults } from './rules.ts'
import { commitShape, pullShape, userShape } from './shapes.ts'
import { repoOf, type StoredPull } from './world.ts'

const EVENTS: Record<string, StoredPull['reviews'][number]['state']> = {
  APPROVE: 'APPROVED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
  COMMENT: 'COMMENTED',
}

export const pullRoutes: Handlers = {
  async 'pulls/create'(call) {
    const by = mustBe(call, 'read', 'pulls')
    const { repo, world, body } = call
    if (by.app !== null && !repo.actionsMayApprove) {
      throw new Refusal(403, 'GitHub Actions is not permitted to create or approve pull requests.')
    }
    const [owner = '', ref = ''] = text(body['head']).includes(':')
      ? text(body['head']).split(':')
      : [repo.owner, text(body['head'])]
    const headRepo = owner === repo.owner ? repo : repoOf(world, owner, repo.name)
    const headSha = headRepo === undefined ? null : await shaOf(headRepo.bare, `refs/heads/${ref}`)
    if (headRepo === undefined || headSha === null)
      throw invalid({ resource: 'PullRequest', field: 'head', code: 'invalid' })
    const baseRef = text(body['base'])
    const baseSha = await shaOf(repo.bare, `refs/heads/${baseRef}`)
    if (baseSha === null) throw invalid({ resource: 'PullRequest', field: 'base', code: 'invalid' })
    if (
      repo.pulls.some(
        (one) => one.state === 'open' && one.headRef === ref && one.headRepo === headRepo && one.baseRef === baseRef,
      )
    ) {
      throw invalid({ code: 'custom', message: `A pull request already exists for ${owner}:${ref}.` })
    }
    if (headSha === baseSha) throw invalid({ code: 'custom', message: `No commits between ${baseRef} and ${ref}` })
    checkBody(text(body['body']))
    const pull: StoredPull = {
      number: world.next(),
      title: text(body['title']),
      body: text(body['body']),
      by,
      state: 'open',
      draft: body['draft'] === true,
      headRepo,
      headRef: ref,
      headSha,
      baseRef,
      baseSha,
      merged: null,
      reviews: [],
      pushedBy: headRepo.pushedBy.get(ref) ?? by.login,
      labels: new Set(),
    }
    repo.pulls.push(pull)
    await refreshed(repo)
    return { status: 201, body: await shown(call, pull) }
  },

  async 'pulls/list'(call) {
    const { repo, query } = call
    const [state, head, base] = [query.get('state') ?? 'open', query.get('head'), query.get('base')]
    const found = repo.pulls.filter(
      (pull) =>
        (state === 'all' || pull.state === state) &&
        (head === null || !head.includes(':') || head === `${pull.headRepo.owner}:${pull.headRef}`) &&
        (base === null || base === pull.baseRef),
    )
    const sorted = query.get('direction') === 'asc' ? found : found.toReversed()
    return { status: 200, body: await Promise.all(sorted.map((pull) => shown(call, pull))) }
  },

  async 'pulls/get'(call) {
    return { status: 200, body: await shown(call, pullOf(call)) }
  },

  async 'pulls/update'(call) {
    const pull = pullOf(call)
    const by = mustBe(call, 'read', 'pulls')
    if (by !== pull.by) mustBe(call, 'write', 'pulls')
    checkBody(text(call.body['body']))
    pull.title = text(call.body['title'], pull.title)
    pull.body = text(call.body['body'], pull.body)
    if (pull.merged === null && call.body['state'] !== undefined)
      pull.state = call.body['state'] === 'open' ? 'open' : 'closed'
    return { status: 200, body: await shown(call, pull) }
  },

  'pulls/list-reviews'(call) {
    const body = pullOf(call).reviews.map((review) => reviewShape(review))
    return { status: 200, body }
  },

  'pulls/create-review'(call) {
    const pull = pullOf(call)
    const by = mustBe(call, 'read', 'pulls')
    const state = EVENTS[text(call.body['event'])] ?? 'COMMENTED'
    if (state !== 'COMMENTED' && by === pull.by) {
      const word = state === 'APPROVED' ? 'approve' : 'request changes on'
      throw new Refusal(422, 'Unprocessable Entity', [`Can not ${word} your own pull request`])
    }
    if (state === 'APPROVED' && by.app !== null && !call.repo.actionsMayApprove) {
      throw new Refusal(422, 'Unprocessable Entity', ['GitHub Actions is not permitted to approve pull requests.'])
    }
    const commit = text(call.body['commit_id'], pull.headSha)
    const review = { id: call.world.next(), by, state, body: text(call.body['body']), commit, at: call.world.now() }
    pull.reviews.push(review)
    return { status: 200, body: reviewShape(review) }
  },

  async 'pulls/list-commits'(call) {
    const pull = pullOf(call)
    const base = pull.merged === null ? `refs/heads/${pull.baseRef}` : pull.baseSha
    const found = await commits(call.repo.bare, '--reverse', '--max-count=250', pull.headSha, `^${base}`)
    return { status: 200, body: found.map((commit) => commitShape(call.world, commit)) }
  },

  async 'pulls/list-files'(call) {
    const pull = pullOf(call)
    const files = await changedFiles(call.repo.bare, pull.baseSha, pull.headSha)
    const names: Record<string, string> = { A: 'added', D: 'removed', M: 'modified' }
    const body = files.map(({ status, path }) => ({ filename: path, status: names[status] ?? 'changed', sha: null }))
    return { status: 200, body }
  },

  async 'pulls/merge'(call) {
    const by = mustBe(call, 'write', 'contents')
    const { repo, body, world } = call
    const pull = pullOf(call)
    if (pull.state !== 'open') throw new Refusal(405, 'Pull Request is not mergeable')
    if (body['sha'] !== undefined && body['sha'] !== pull.headSha) {
      throw new Refusal(409, 'Head branch was modified. Review and try the merge again.')
    }
    const faults = await mergeFaults(repo, pull, by)
    if (faults.length > 0) throw new Refusal(405, `Repository rule violations found\n\n${faults.join('\n')}\n\n`)
    const base = (await shaOf(repo.bare, `refs/heads/${pull.baseRef}`)) ?? ''
    if ((await mergedTree(repo.bare, base, pull.headSha)) === null)
      throw new Refusal(405, 'Pull Request has merge conflicts')
    const method = (['squash', 'rebase'] as const).find((one) => one === body['merge_method']) ?? 'merge'
    const title =
      method === 'squash'
        ? `${pull.title} (#${pull.number})`
        : `Merge pull request #${pull.number} from ${pull.headRef}`
    const message = text(body['commit_title'], title)
    const brought = await mergeInto(repo.bare, {
      branch: pull.baseRef,
      base,
      head: pull.headSha,
      method,
      message,
      author: pull.by.login,
      by: by.login,
    })
    repo.pushedBy.set(pull.baseRef, by.login)
    const [commit = ''] = brought
    Object.assign(pull, { state: 'closed', baseSha: base, merged: { at: world.now(), by, commit, brought } })
    return { status: 200, body: { sha: commit, merged: true, message: 'Pull Request successfully merged' } }
  },

  async 'repos/list-pull-requests-associated-with-commit'(call) {
    const { repo, params } = call
    const sha = await shaOf(repo.bare, params['commit_sha'] ?? '')
    if (sha === null) throw new Refusal(422, `No commit found for SHA: ${params['commit_sha']}`)
    const found: StoredPull[] = []
    for (const pull of repo.pulls) {
      const own = await commits(repo.bare, pull.headSha, `^${pull.baseSha}`)
      if (pull.merged?.brought.includes(sha) || own.some((commit) => commit.sha === sha)) found.push(pull)
    }
    return { status: 200, body: await Promise.all(found.map((pull) => shown(call, pull))) }
  },
}

/** Longest text of a pull request, an issue and a comment. */
const MAX_BODY = 65_536

export function checkBody(body: string): void {
  if (body.length > MAX_BODY)
    throw invalid({ field: 'body', code: 'custom', message: `body is too long (maximum is ${MAX_BODY} characters)` })
}

export function invalid(...errors: object[]): Refusal {
  return new Refusal(422, 'Validation Failed', errors)
}

function pullOf({ repo, params }: Call): StoredPull {
  const pull = repo.pulls.find(({ number }) => number === Number(params['pull_number']))
  if (pull === undefined) throw notFound()
  return pull
}

async function shown({ repo, api }: Call, pull: StoredPull): Promise<object> {
  return pullShape(repo, pull, (await shaOf(repo.bare, `refs/heads/${pull.baseRef}`)) ?? pull.baseSha, api)
}

function reviewShape({ id, by, state, body, commit, at }: StoredPull['reviews'][number]): object {
  return { id, user: userShape(by), state, body, commit_id: commit, submitted_at: at }
}
