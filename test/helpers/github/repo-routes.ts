import { writeFile } from 'node:fs/promises'
import { type Handlers, mustBe, notFound, Refusal, text } from './call.ts'
import { commits, git, gitBytes, shaOf, signedBy } from './git.ts'
import { closedBranches, codeOwners } from './rules.ts'
import { commitShape, repoShape, userShape } from './shapes.ts'
import { rightOf } from './world.ts'

export const repoRoutes: Handlers = {
  'repos/get'({ repo, by, api }) {
    const right = rightOf(repo, by)
    const mine = {
      pull: true,
      triage: right !== 'read',
      push: right !== 'read',
      maintain: right === 'admin',
      admin: right === 'admin',
    }
    const merges = { allow_squash_merge: true, allow_rebase_merge: true, allow_merge_commit: true }
    const permissions = by?.type === 'User' ? { permissions: mine } : {}
    return { status: 200, body: { ...repoShape(repo, api), ...merges, ...permissions } }
  },
  'users/get-authenticated'({ by }) {
    if (by === null) throw new Refusal(401, 'Requires authentication')
    if (by.app !== null) throw new Refusal(403, 'Resource not accessible by integration')
    return { status: 200, body: userShape(by) }
  },
  'apps/get-by-slug'({ world, params }) {
    const app = [...world.accounts.values()].find((account) => account.app?.slug === params['app_slug'])?.app
    if (app === undefined || app === null) throw notFound()
    return { status: 200, body: app }
  },
  async 'repos/get-branch'({ repo, params, world }) {
    const name = params['branch'] ?? ''
    const sha = await shaOf(repo.bare, `refs/heads/${name}`)
    if (sha === null) throw new Refusal(404, 'Branch not found')
    const [commit] = await commits(repo.bare, '--max-count=1', sha)
    return {
      status: 200,
      body: { name, commit: commit === undefined ? {} : commitShape(world, commit), protected: false },
    }
  },
  async 'repos/get-commit'({ repo, params, world }) {
    const sha = await shaOf(repo.bare, params['ref'] ?? '')
    if (sha === null) throw new Refusal(422, `No commit found for SHA: ${params['ref']}`)
    const [commit] = await commits(repo.bare, '--max-count=1', sha)
    return { status: 200, body: commit === undefined ? {} : commitShape(world, commit) }
  },
  async 'repos/list-commits'({ repo, query, world }) {
    const found = await commits(repo.bare, query.get('sha') ?? repo.defaultBranch).catch(() => [])
    return { status: 200, body: found.map((commit) => commitShape(world, commit)) }
  },
  async 'git/get-ref'({ repo, params }) {
    const ref = `refs/${params['ref']}`
    const sha = await shaOf(repo.bare, ref)
    if (sha === null) throw notFound()
    return { status: 200, body: { ref, object: { type: 'commit', sha } } }
  },
  async 'repos/get-content'({ repo, params, query }) {
    const [path, ref] = [params['path'] ?? '', query.get('ref') ?? repo.defaultBranch]
    const blob = await git(repo.bare, ['rev-parse', '--verify', '--quiet', `${ref}:${path}`]).catch(() => null)
    const type = blob === null ? null : await git(repo.bare, ['cat-file', '-t', blob])
    if (type === 'tree') return { status: 200, body: await directory(repo.bare, `${ref}:${path}`, path) }
    if (blob === null || type !== 'blob') throw notFound()
    const content = (await gitBytes(repo.bare, ['cat-file', 'blob', blob])).toString('base64')
    return {
      status: 200,
      body: { type: 'file', encoding: 'base64', size: 0, name: path, path, content, sha: blob },
    }
  },
  async 'repos/create-or-update-file-contents'(call) {
    const by = mustBe(call, 'write', 'contents')
    const { repo, params, body } = call
    const branch = text(body['branch'], repo.defaultBranch)
    if (closedBranches(repo, by, [branch]).length > 0) {
      throw new Refusal(409, 'Repository rule violations found\n\nChanges must be made through a pull request.\n\n')
    }
    const from = (await shaOf(repo.bare, `refs/heads/${branch}`)) ?? (await shaOf(repo.bare, repo.defaultBranch)) ?? ''
    const commit = await written(
      repo.bare,
      from,
      params['path'] ?? '',
      text(body['content']),
      text(body['message']),
      by.login,
    )
    await git(repo.bare, ['update-ref', `refs/heads/${branch}`, commit])
    repo.pushedBy.set(branch, by.login)
    return { status: 201, body: { content: { path: params['path'] }, commit: { sha: commit } } }
  },
  'repos/get-collaborator-permission-level'(call) {
    mustBe(call, 'read', 'contents')
    const account = call.world.accounts.get(call.params['username'] ?? '')
    if (account === undefined) throw notFound()
    const permission = rightOf(call.repo, account) ?? 'none'
    return { status: 200, body: { permission, role_name: permission, user: userShape(account) } }
  },
  'repos/list-collaborators'(call) {
    mustBe(call, 'write', 'contents')
    const body = [...call.repo.rights].map(([login, right]) => ({
      ...userShape(call.world.accounts.get(login) ?? null),
      role_name: right,
      permissions: { pull: true, push: right !== 'read', admin: right === 'admin' },
    }))
    return { status: 200, body }
  },
  async 'repos/codeowners-errors'({ repo, query, world }) {
    const lines = (await codeOwners(repo, query.get('ref') ?? repo.defaultBranch)).split('\n')
    const errors = lines.flatMap((line, index) =>
      (line.replace(/#.*/, '').match(/@[\w-]+/g) ?? [])
        .filter((owner) => ['read', null].includes(rightOf(repo, world.accounts.get(owner.slice(1)) ?? null)))
        .map((owner) => ({
          line: index + 1,
          column: line.indexOf(owner) + 1,
          kind: 'Unknown owner',
          source: line,
          message: `Unknown owner on line ${index + 1}: make sure ${owner} exists and has write access to the repository`,
          path: '.github/CODEOWNERS',
        })),
    )
    return { status: 200, body: { errors } }
  },
  'actions/get-github-actions-default-workflow-permissions-repository'(call) {
    mustBe(call, 'admin', 'administration')
    const may = call.repo.actionsMayApprove
    return { status: 200, body: { default_workflow_permissions: 'read', can_approve_pull_request_reviews: may } }
  },
}

async function directory(bare: string, tree: string, path: string): Promise<object[]> {
  const lines = (await git(bare, ['ls-tree', tree])).split('\n')
  return lines.filter(Boolean).map((line) => {
    const [, type, sha, name] = /^\d+ (\w+) (\w+)\t(.*)$/.exec(line) ?? []
    const links = { self: '', git: null, html: null }
    const nowhere = { url: '', git_url: null, html_url: null, download_url: null, _links: links }
    return { type: type === 'tree' ? 'dir' : 'file', size: 0, name, path: `${path}/${name}`, sha, ...nowhere }
  })
}

async function written(
  bare: string,
  from: string,
  path: string,
  content: string,
  message: string,
  login: string,
): Promise<string> {
  const index = { GIT_INDEX_FILE: `${bare}/stand-in-index` }
  await git(bare, ['read-tree', from], index)
  await writeFile(`${bare}/stand-in-blob`, Buffer.from(content, 'base64'))
  const blob = await git(bare, ['hash-object', '-w', `${bare}/stand-in-blob`])
  await git(bare, ['update-index', '--add', '--cacheinfo', `100644,${blob},${path}`], index)
  const tree = await git(bare, ['write-tree'], index)
  return git(bare, ['commit-tree', tree, '-p', from, '-m', message], signedBy(login, 'web-flow'))
}
