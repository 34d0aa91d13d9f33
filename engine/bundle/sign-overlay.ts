import { type OverlayPayload, readOverlayPayload } from '../contract/overlay-payload.ts'
import { OVERLAY_TYPE } from '../contract/overlay-verify.ts'
import { type Signer, signToken } from './sign-token.ts'

/**
 * Signs an emergency narrowing: a compact EdDSA token of a type of its own.
 * @throws OverlayError: what no server would take is not signed
 */
export function signOverlay(payload: OverlayPayload, signer: Signer): Promise<string> {
  return signToken(readOverlayPayload(payload), OVERLAY_TYPE, signer)
}
