import { type JudgedChange, type JudgeOptions, judgeWithBase } from './base-engine.ts'
import { type Merge, mergesBetween, type Range } from './merges.ts'
import { type Vouched, type VouchOptions, vouchFor } from './vouch.ts'

export interface ProvenanceOptions extends Range {
  check: VouchOptions['check']
  opa: string
  env: JudgeOptions['env']
  onProgress(line: string): void
}

/** One merged pull request, how it came to main, and how it was judged. */
export interface Step {
  merge: Merge
  vouched: Vouched
}

/**
 * How main came from the last published commit to this one: every pull request on the way is judged again with the
 * engine of the commit before it, and its approvals are asked of GitHub. No verdict of the pull request is trusted,
 * and what is merged later makes nothing good that was not.
 * @throws Refusal
 */
export async function provenanceOf(options: ProvenanceOptions): Promise<Step[]> {
  const { root, github, head, check, opa, env, onProgress } = options
  const steps: Step[] = []
  for (const merge of await mergesBetween(options)) {
    onProgress(`judging #${merge.pull.number} against ${merge.before.slice(0, 7)}`)
    const judged: JudgedChange = await judgeWithBase({ ...merge, root, running: head, opa, env, onProgress })
    steps.push({ merge, vouched: await vouchFor(merge, { root, github, check, judged }) })
  }
  return steps
}
