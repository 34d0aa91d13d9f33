import { type Call, type Handlers, mustBe, notFound, Refusal, text } from './call.ts'
import { shaOf } from './git.ts'
import { rulesetsOf } from './rules.ts'
import { type Ruleset, rightOf, type StoredCheck } from './world.ts'

export const ruleRoutes: Handlers = {
  'repos/get-repo-rulesets'(call) {
    mustHaveRulesets(call)
    return { status: 200, body: call.repo.rulesets.map((ruleset) => shown(call, ruleset, false)) }
  },
  'repos/get-repo-ruleset'(call) {
    mustHaveRulesets(call)
    return { status: 200, body: shown(call, rulesetOf(call), true) }
  },
  'repos/create-repo-ruleset'(call) {
    mustHaveRulesets(call)
    mustBe(call, 'admin', 'administration')
    const made = written(call, { id: call.world.next() })
    if (call.repo.rulesets.some(({ name }) => name === made.name))
      throw new Refusal(422, 'Validation Failed', ['Name must be unique'])
    call.repo.rulesets.push(made)
    return { status: 201, body: shown(call, made, true) }
  },
  'repos/update-repo-ruleset'(call) {
    mustHaveRulesets(call)
    mustBe(call, 'admin', 'administration')
    const found = rulesetOf(call)
    Object.assign(found, written(call, found))
    return { status: 200, body: shown(call, found, true) }
  },
  'repos/get-branch-rules'(call) {
    mustHaveRulesets(call)
    const { repo, params } = call
    const body = rulesetsOf(repo, params['branch'] ?? '').flatMap(({ id, rules }) =>
      rules.map((rule) => ({
        ...rule,
        ruleset_id: id,
        ruleset_source_type: 'Repository',
        ruleset_source: `${repo.owner}/${repo.name}`,
      })),
    )
    return { status: 200, body }
  },
  'repos/get-branch-protection'(call) {
    if (rightOf(call.repo, call.by) !== 'admin') throw notFound()
    throw new Refusal(404, 'Branch not protected')
  },
  async 'checks/list-for-ref'(call) {
    const sha = await commitOf(call)
    const name = call.query.get('check_name')
    const all = call.repo.checks.filter((run) => run.sha === sha && (name === null || run.name === name))
    const found = all.filter((run) => all.findLast((one) => one.name === run.name && one.app.id === run.app.id) === run)
    return { status: 200, body: { total_count: found.length, check_runs: found.map(checkShape) } }
  },
  'checks/create'(call) {
    const by = mustBe(call, 'write', 'checks')
    if (by.app === null) throw new Refusal(403, 'You must authenticate via a GitHub App.')
    const { world, repo, body } = call
    const made: StoredCheck = {
      id: world.next(),
      sha: text(body['head_sha']),
      name: text(body['name']),
      app: by.app,
      status: text(body['status'], body['conclusion'] === undefined ? 'queued' : 'completed'),
      conclusion: text(body['conclusion']) || null,
    }
    repo.checks.push(made)
    return { status: 201, body: checkShape(made) }
  },
  async 'repos/list-commit-statuses-for-ref'(call) {
    const sha = await commitOf(call)
    const found = call.repo.statuses.filter((status) => status.sha === sha).toReversed()
    return { status: 200, body: found.map(({ id, context, state }) => ({ id, context, state })) }
  },
  'repos/create-commit-status'(call) {
    const by = mustBe(call, 'write', 'statuses')
    const { world, repo, body, params } = call
    const made = {
      id: world.next(),
      sha: params['sha'] ?? '',
      context: text(body['context'], 'default'),
      state: text(body['state']),
      by,
    }
    repo.statuses.push(made)
    return { status: 201, body: { id: made.id, context: made.context, state: made.state } }
  },
}

function mustHaveRulesets({ repo }: Call): void {
  if (!repo.private || repo.plan === 'paid') return
  throw new Refusal(403, 'Upgrade to GitHub Pro or make this repository public to enable this feature.')
}

function rulesetOf({ repo, params }: Call): Ruleset {
  const found = repo.rulesets.find(({ id }) => id === Number(params['ruleset_id']))
  if (found === undefined) throw notFound()
  return found
}

function written({ body }: Call, before: Partial<Ruleset> & { id: number }): Ruleset {
  const {
    name = '',
    target = 'branch',
    enforcement = 'active',
    bypass_actors = [],
    conditions = {},
    rules = [],
    id,
  } = before
  return { id, ...{ name, target, enforcement, bypass_actors, conditions, rules }, ...body }
}

/** Who may go round it is told only to whom may change it. */
function shown({ repo, by }: Call, { bypass_actors, conditions, rules, ...ruleset }: Ruleset, whole: boolean): object {
  const source = { source_type: 'Repository', source: `${repo.owner}/${repo.name}` }
  if (!whole) return { ...ruleset, ...source }
  return { ...ruleset, ...source, conditions, rules, ...(rightOf(repo, by) === 'admin' ? { bypass_actors } : {}) }
}

async function commitOf({ repo, params }: Call): Promise<string> {
  const sha = await shaOf(repo.bare, params['ref'] ?? '')
  if (sha === null) throw new Refusal(422, `No commit found for SHA: ${params['ref']}`)
  return sha
}

function checkShape({ id, sha, name, app, status, conclusion }: StoredCheck): object {
  return { id, head_sha: sha, name, app, status, conclusion, html_url: `https://github.example/runs/${id}` }
}
