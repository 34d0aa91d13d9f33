import { impactOf } from '../gitops/impact/impact-of.ts'
import type { ImpactOf } from '../gitops/pull-report.ts'
import { impactForComment } from '../report/impact-comment.ts'

/** What logs say of a change, without a value of any call; null where none of them is there. */
export function impactFrom(logs: readonly string[], opa: string): ImpactOf {
  return async (root, ref) => {
    const found = await impactOf({ root, ref, logs, opa })
    for (const source of found.missing) process.stderr.write(`alcada: nothing stands at \`${source}\`\n`)
    return found.log === 'read' ? impactForComment(found.impact) : null
  }
}
