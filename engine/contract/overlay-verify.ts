import { Ajv } from 'ajv'
import type { Trust } from './bundle-claims.ts'
import { BundleError } from './bundle-error.ts'
import { sha256 } from './canonical.ts'
import { maskText } from './mask.ts'
import { type Overlay, stopsOf } from './overlay.ts'
import { OverlayError, type OverlayErrorCode } from './overlay-error.ts'
import { checkPeriod, MAX_REASON, type OverlayPayload, readOverlayPayload } from './overlay-payload.ts'
import { unverifiedToken, verifyToken } from './signature.ts'

/** A list larger than this is not read, in bytes. */
export const MAX_OVERLAYS_BYTES: number = 1_048_576
/** `typ` of the token: no other thing that a key signs can be taken for an overlay. */
export const OVERLAY_TYPE = 'alcada-overlay+jwt'

/** An overlay as the channel brings it. */
export interface SignedOverlay {
  overlay: Overlay
  sequence: number
  /** SHA-256 of the token. */
  digest: string
}

const isList = new Ajv({ strict: true }).compile<{ overlays: string[] }>({
  type: 'object',
  additionalProperties: false,
  required: ['overlays'],
  properties: { overlays: { type: 'array', maxItems: 1_000, items: { type: 'string', maxLength: 100_000 } } },
})

/**
 * The tokens in the text of `overlays.json`.
 * @throws OverlayError OVERLAY_MALFORMED
 */
export function overlayTokens(text: string): string[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new OverlayError('OVERLAY_MALFORMED', 'overlays.json: expected JSON', { cause })
  }
  if (isList(value)) return value.overlays
  throw new OverlayError('OVERLAY_MALFORMED', 'overlays.json: expected a list of overlays and nothing else')
}

/**
 * What a token claims, its signature not looked at: for finding out that it is over, never for trusting it.
 * @throws OverlayError OVERLAY_MALFORMED, OVERLAY_PERIOD_WRONG
 */
export function unverifiedOverlay(token: string): OverlayPayload {
  return readOverlayPayload(inOurWords(() => unverifiedToken(token)))
}

// Clocks of whoever signs and of a server may differ by this much.
const SKEW_MS = 300_000

/**
 * Verifies one overlay: a revocation key that is trusted now, this ERP, an end within seven days from now.
 * Knows nothing of earlier ones: which sequences are taken is the server's memory.
 * @throws OverlayError with the code of the first check that failed
 */
export function verifyOverlay(
  token: string,
  { erp, trust, nowMs }: { erp: string; trust: Trust; nowMs: number },
): SignedOverlay {
  const verified = inOurWords(() => verifyToken(token, { typ: OVERLAY_TYPE, use: 'revocation', trust, nowMs }))
  const payload = readOverlayPayload(verified.payload)
  if (payload.erp !== erp) {
    throw new OverlayError('OVERLAY_SCOPE_WRONG', `expected an overlay of \`${erp}\`, got one of \`${payload.erp}\``)
  }
  const until_ms = Date.parse(payload.until)
  // One that begins later would last longer than seven days from now.
  if (until_ms > nowMs) checkPeriod(nowMs, Math.max(nowMs + 1, until_ms - SKEW_MS))
  const { sequence, reason } = payload
  const overlay: Overlay = {
    id: String(sequence),
    stops: stopsOf(payload.stops),
    within: null,
    from_ms: Date.parse(payload.from),
    until_ms,
    // It is told to whoever is refused, by mail, and on pages: whatever was signed, it names nobody.
    reason: maskText(reason, MAX_REASON),
    by: verified.key.id,
  }
  return { overlay, sequence, digest: sha256(token) }
}

const CODES: Readonly<Partial<Record<string, OverlayErrorCode>>> = {
  BUNDLE_KEY_UNKNOWN: 'OVERLAY_KEY_UNKNOWN',
  BUNDLE_SIGNATURE_INVALID: 'OVERLAY_SIGNATURE_INVALID',
}

function inOurWords<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (cause) {
    if (!(cause instanceof BundleError)) throw cause
    throw new OverlayError(CODES[cause.code] ?? 'OVERLAY_MALFORMED', cause.message, { cause })
  }
}
