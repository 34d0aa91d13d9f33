import { canonicalText } from '../contract/canonical.ts'
import { type OverlayPayload, readOverlayPayload } from '../contract/overlay-payload.ts'
import { OVERLAY_TYPE } from '../contract/overlay-verify.ts'
import type { Signer } from './sign.ts'

/**
 * Signs an emergency narrowing: a compact EdDSA token of a type of its own.
 * @throws OverlayError: what no server would take is not signed
 */
export async function signOverlay(payload: OverlayPayload, signer: Signer): Promise<string> {
  const header = { alg: 'EdDSA', kid: signer.keyId, typ: OVERLAY_TYPE }
  const content = `${encode(header)}.${encode(readOverlayPayload(payload))}`
  const signature = await signer.sign(new TextEncoder().encode(content))
  return `${content}.${Buffer.from(signature).toString('base64url')}`
}

function encode(value: unknown): string {
  return Buffer.from(canonicalText(value)).toString('base64url')
}
