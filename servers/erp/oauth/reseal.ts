import type { CredentialKey } from '../../../engine/contract/credential-key.ts'
import type { SharedGrants } from '../../../engine/contract/erp-grant.ts'
import { openGrant, sealedWith, sealGrant } from '../../../engine/contract/grant-seal.ts'

/**
 * Seals what is kept with the newest key of the credentials' store, so that the one before can be taken away
 * (`alcada credentials rotate --drop-old`) without a login. What none of the keys opens stays as it is.
 * @returns how many were sealed anew
 */
export async function resealGrants(grants: SharedGrants, erp: string, keys: readonly CredentialKey[]): Promise<number> {
  const [newest = grants.key] = keys
  let count = 0
  for (const row of await grants.all()) {
    if (sealedWith(row.sealed) === newest.id) continue
    const owner = { erp, company: row.company }
    const tokens = await openGrant(row.sealed, owner, [...keys, grants.key])
    if (tokens === null) continue
    await grants.reseal({ ...row, sealed: await sealGrant(tokens, owner, [newest]) })
    count += 1
  }
  return count
}
