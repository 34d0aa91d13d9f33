import type { SigningKey } from '../access/signing-key.ts'
import { packBundle } from '../bundle/pack.ts'
import { signBundle } from '../bundle/sign.ts'
import type { CompiledErp } from '../compile/compile.ts'
import { OPA_VERSION } from '../compile/compiler/version.ts'

const DAY_S = 86_400
/** How long a development bundle is good for; a server denies everything past it. */
const VALID_DAYS = 30

export interface Signing {
  revision: number
  key: SigningKey
  nowMs: number
  /** The commit the sources stand at, where that is known. Default null. */
  commit?: string | null
}

/** A signed bundle of one ERP, as bytes. What was merged, and by whom, a development key does not claim. */
export async function signedBundle(
  erp: CompiledErp,
  { revision, key, nowMs, commit = null }: Signing,
): Promise<Uint8Array> {
  const iat = Math.floor(nowMs / 1000)
  const claims = {
    scope: erp.name,
    revision,
    commit,
    pull_request: null,
    author: null,
    approvers: [],
    check_run: null,
    iat,
    exp: Math.min(iat + VALID_DAYS * DAY_S, Math.floor(key.notAfterMs / 1000)),
    compiler: `opa ${OPA_VERSION}`,
  }
  return packBundle(await signBundle(erp.files, claims, key))
}
