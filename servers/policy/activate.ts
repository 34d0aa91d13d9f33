import { BundleError } from '../../engine/contract/bundle-error.ts'
import type { VerifiedBundle } from '../../engine/contract/bundle-verify.ts'
import { type Canary, meets } from '../../engine/contract/canary.ts'
import { instantiatePolicy, type Policy } from '../../engine/contract/evaluate.ts'
import { withAddress } from './address.ts'
import type { ActivePolicy } from './status.ts'

/**
 * Makes a policy of a verified bundle and tries it on the bundle's own canaries.
 * @param baseUrl another address of the ERP, for stand-ins; null: the signed one
 * @throws BundleError BUNDLE_ADDRESS_REFUSED, BUNDLE_POLICY_BROKEN, BUNDLE_CANARY_FAILED
 */
export async function instantiate(bundle: VerifiedBundle, baseUrl: string | null): Promise<ActivePolicy> {
  const { claims, digest, keyId, data, wasm, development } = bundle
  const catalogue = withAddress(bundle.catalogue, baseUrl, development)
  const policy = await instantiatePolicy({ wasm, data, erp: claims.scope }).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : 'it does not load'
    throw new BundleError('BUNDLE_POLICY_BROKEN', why, { cause })
  })
  selfTest(policy, bundle.canaries)
  return { revision: claims.revision, digest, claims, keyId, catalogue, config: data.config, policy }
}

function selfTest(policy: Policy, canaries: readonly Canary[]): void {
  for (const canary of canaries) {
    const decision = policy.decide(canary.input)
    if (meets(decision, canary)) continue
    const got = [decision.effect, ...decision.reasons.map((reason) => reason.code)].join(' ')
    throw new BundleError('BUNDLE_CANARY_FAILED', `\`${canary.name}\`: expected ${canary.expect.effect}, got ${got}`)
  }
}
