import type { GitHub } from '../github/client.ts'
import { appId } from '../github/repository.ts'
import { createRuleset, type Ruleset, rulesetsOf, updateRuleset } from '../github/rulesets.ts'
import type { Hole } from './hole.ts'
import { rulesetHoles } from './ruleset-holes.ts'
import { type RequiredCheck, RULESET_NAME, wantedRuleset } from './wanted-ruleset.ts'

export interface Protected {
  done: 'created' | 'updated' | 'nothing'
  /** What it closed. */
  closed: Hole[]
  /** What is open still, and a person has to close. */
  open: Hole[]
}

/** The check by its app's name. @throws GitHubError where there is no such app */
export async function requiredCheck(github: GitHub, name: string, slug: string): Promise<RequiredCheck> {
  return { name, app: await appId(github, slug) }
}

/**
 * Makes the ruleset `alcada`, or sets it right where it has become another; other rulesets stay as they are.
 * @param write false: only says what is open
 */
export async function protect(
  github: GitHub,
  { branch, check, write }: { branch: string; check: RequiredCheck; write: boolean },
): Promise<Protected> {
  const before = await rulesetsOf(github)
  const holes = rulesetHoles(before, branch, check)
  const own = before.find(({ name, own: ours }) => ours && name === RULESET_NAME)
  if (!write || (own !== undefined && isWhole(own, branch, check))) return { done: 'nothing', closed: [], open: holes }
  if (own === undefined) await createRuleset(github, wantedRuleset(check))
  else await updateRuleset(github, own.id, wantedRuleset(check))
  const open = rulesetHoles(await rulesetsOf(github), branch, check)
  const closed = holes.filter(({ code, message }) => !open.some((one) => one.code === code && one.message === message))
  return { done: own === undefined ? 'created' : 'updated', closed, open }
}

function isWhole(own: Ruleset, branch: string, check: RequiredCheck): boolean {
  return rulesetHoles([own], branch, check).length === 0
}
