import type { BundleClaims } from '../../contract/bundle-claims.ts'
import type { VerifiedBundle } from '../../contract/bundle-verify.ts'
import { erpOfPath } from '../risk/kind-of-path.ts'
import type { Step } from './provenance.ts'

/** What the signature says of how the content came to be. */
export type Provenance = Pick<BundleClaims, 'commit' | 'pull_request' | 'author' | 'approvers' | 'check_run'>

export type Plan =
  | { erp: string; does: 'publish'; provenance: Provenance }
  /** What is published says the same, and for long enough. */
  | { erp: string; does: 'keep'; revision: number }
  /** main still says what was rolled back in an emergency. */
  | { erp: string; does: 'refuse'; sentence: string }

export interface PlanOptions {
  erp: string
  /** Of what main says now. */
  digest: string
  head: string
  newest: VerifiedBundle | null
  /** The way from the last published commit; empty where that is `head`. */
  steps: readonly (Step & { paths: readonly string[] })[]
  /** Claims of the bundle that the way begins at. */
  last: BundleClaims | null
  nowMs: number
  /** What expires sooner is published again although it says the same, in milliseconds. */
  renewMs: number
}

/** Whether an ERP's bundle is published, and with which provenance. */
export function planOf(options: PlanOptions): Plan {
  const { erp, digest, newest, nowMs, renewMs } = options
  const rollback = newest?.claims.rollback
  if (newest !== null && rollback !== undefined && rollback.from.digest === digest) {
    const sentence = `${erp}: revision ${newest.claims.revision} took back what main still says (${rollback.reason}); merge a pull request that changes it: \`alcada rollback ${erp} --to ${rollback.to}\` prepares one`
    return { erp, does: 'refuse', sentence }
  }
  const lasts = newest !== null && rollback === undefined && newest.claims.exp * 1_000 - nowMs > renewMs
  if (newest !== null && newest.digest === digest && lasts)
    return { erp, does: 'keep', revision: newest.claims.revision }
  return { erp, does: 'publish', provenance: provenanceOfErp(options) }
}

/** The last pull request on the way that changed what the ERP's bundle is made of; without one, the last at all. */
function provenanceOfErp({ erp, head, steps, last }: PlanOptions): Provenance {
  const touching = steps.findLast(({ paths }) => paths.some((path) => isPartOf(erp, path)))
  const { vouched } = touching ?? steps.at(-1) ?? {}
  const { pull_request, author, approvers, check_run } = vouched ?? last ?? NOBODY
  return { commit: head, pull_request, author, approvers, check_run }
}

const NOBODY = { pull_request: null, author: null, approvers: [], check_run: null }

function isPartOf(erp: string, path: string): boolean {
  return erpOfPath(path) === erp || /^(policies\/shared|engine)\/|^package-lock\.json$/.test(path)
}
