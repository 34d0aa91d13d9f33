import { packBundle } from '../../../engine/bundle/pack.ts'
import { signBundle } from '../../../engine/bundle/sign.ts'
import { signRollbackRequest } from '../../../engine/bundle/sign-rollback.ts'
import type { BundleClaims } from '../../../engine/contract/bundle-claims.ts'
import { contentDigest } from '../../../engine/contract/canonical.ts'
import type { RollbackRequest } from '../../../engine/contract/rollback-claim.ts'
import { forgeClaims, NOW_MS } from './bundle.ts'
import type { ForgedKey } from './key.ts'
import { tokenOf, unpack } from './tamper.ts'

export interface ForgedRollback {
  /** The bundle whose content comes back. */
  old: Uint8Array
  first: ForgedKey
  second: ForgedKey
  request?: Partial<RollbackRequest>
  claims?: Partial<BundleClaims>
}

/** A rollback in an emergency, by two persons' keys, as the verb makes it; each part of it can be made otherwise. */
export async function forgeRollback({ old, first, second, ...changes }: ForgedRollback): Promise<Uint8Array> {
  const files = unpack(old)
  const asked: RollbackRequest = {
    erp: 'omie',
    to: 7,
    revision: 10,
    from: { revision: 9, digest: 'b'.repeat(64) },
    digest: contentDigest(files),
    reason: 'the new limit let duplicates through',
    iat: NOW_MS / 1000 - 600,
    ...changes.request,
  }
  const { to, from, reason, revision } = asked
  const request = await signRollbackRequest(asked, first.signer)
  const rollback = { to, from, reason, original: tokenOf(old).token, request }
  const iat = NOW_MS / 1000 - 60
  const claims = forgeClaims({ revision, iat, exp: iat + 7 * 86_400, rollback, ...changes.claims })
  return packBundle(await signBundle(files, claims, second.signer))
}
