import { type RollbackRequest, readRollbackRequest } from '../contract/rollback-claim.ts'
import { REQUEST_RULES } from '../contract/rollback-verify.ts'
import { type Signer, signToken } from './sign-token.ts'

/**
 * Signs the first person's request for a rollback in an emergency.
 * @throws BundleError BUNDLE_MALFORMED: what no server would take is not signed
 */
export function signRollbackRequest(request: RollbackRequest, signer: Signer): Promise<string> {
  return signToken(readRollbackRequest(request), REQUEST_RULES.typ, signer)
}
