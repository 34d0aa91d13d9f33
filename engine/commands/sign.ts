import { packBundle } from '../bundle/pack.ts'
import { signBundle } from '../bundle/sign.ts'
import type { CompiledErp } from '../compile/compile.ts'
import { OPA_VERSION } from '../compile/compiler/version.ts'
import type { Provenance } from '../gitops/provenance/plan.ts'
import type { ReleaseKey } from './release-key.ts'

const DAY_S = 86_400
/** How long a bundle is good for; a server denies everything past it. */
const VALID_DAYS = 30

/** What a development key claims: nobody has reviewed it. */
const UNREVIEWED: Provenance = { commit: null, pull_request: null, author: null, approvers: [], check_run: null }

export interface Signing {
  revision: number
  key: ReleaseKey
  nowMs: number
  /** What of it is known. Default nothing. */
  provenance?: Partial<Provenance>
  /** What it is signed as. Default a bundle. */
  kind?: 'bundle' | 'candidate'
}

/** A signed bundle of one ERP, as bytes. */
export async function signedBundle(
  erp: CompiledErp,
  { revision, key, nowMs, provenance = {}, kind = 'bundle' }: Signing,
): Promise<Uint8Array> {
  const iat = Math.floor(nowMs / 1000)
  const claims = {
    scope: erp.name,
    revision,
    ...UNREVIEWED,
    ...provenance,
    iat,
    exp: Math.min(iat + VALID_DAYS * DAY_S, Math.floor(key.notAfterMs / 1000)),
    compiler: `opa ${OPA_VERSION}`,
  }
  return packBundle(await signBundle(erp.files, claims, key, kind))
}
