import type { RestEndpointMethodTypes } from '@octokit/rest'
import type { GitHub } from './client.ts'

/** A ruleset as GitHub takes it. */
export type RulesetBody = Pick<
  RestEndpointMethodTypes['repos']['createRepoRuleset']['parameters'],
  'name' | 'target' | 'enforcement' | 'bypass_actors' | 'conditions' | 'rules'
>
type RulesetAnswer = RestEndpointMethodTypes['repos']['getRepoRuleset']['response']['data']

export interface Ruleset {
  id: number
  name: string
  target: string
  enforcement: string
  /** Patterns of refs, as `~DEFAULT_BRANCH`, `~ALL`, `refs/heads/main`. */
  include: string[]
  exclude: string[]
  /** Who need not keep to it; null: this token is not told. */
  bypass: string[] | null
  rules: { type: string; parameters: Readonly<Record<string, unknown>> }[]
  /** Whether it is this repository's own, and not its organisation's. */
  own: boolean
}

/** All rulesets of the repository with their rules, those of its organisation included. */
export async function rulesetsOf({ octokit, at }: GitHub): Promise<Ruleset[]> {
  const listed = await octokit.paginate(octokit.rest.repos.getRepoRulesets, {
    ...at,
    includes_parents: true,
    per_page: 100,
  })
  const found: Ruleset[] = []
  for (const { id } of listed) {
    found.push(rulesetOf((await octokit.rest.repos.getRepoRuleset({ ...at, ruleset_id: id })).data))
  }
  return found
}

export async function createRuleset({ octokit, at }: GitHub, body: RulesetBody): Promise<Ruleset> {
  return rulesetOf((await octokit.rest.repos.createRepoRuleset({ ...at, ...body })).data)
}

export async function updateRuleset({ octokit, at }: GitHub, id: number, body: RulesetBody): Promise<Ruleset> {
  return rulesetOf((await octokit.rest.repos.updateRepoRuleset({ ...at, ruleset_id: id, ...body })).data)
}

function rulesetOf(answer: RulesetAnswer): Ruleset {
  const names = answer.conditions !== null && answer.conditions !== undefined && 'ref_name' in answer.conditions
  const refs = names ? answer.conditions?.ref_name : undefined
  return {
    id: answer.id,
    name: answer.name,
    target: answer.target ?? 'branch',
    enforcement: answer.enforcement,
    include: refs?.include ?? [],
    exclude: refs?.exclude ?? [],
    bypass: answer.bypass_actors?.map(({ actor_type: type, actor_id: id }) => (id ? `${type} ${id}` : type)) ?? null,
    rules: (answer.rules ?? []).map((rule) => ({
      type: rule.type,
      parameters: 'parameters' in rule && rule.parameters !== undefined ? { ...rule.parameters } : {},
    })),
    own: answer.source_type === 'Repository',
  }
}
