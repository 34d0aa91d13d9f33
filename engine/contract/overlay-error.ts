export type OverlayErrorCode =
  /** The channel cannot be read. */
  | 'OVERLAY_UNAVAILABLE'
  | 'OVERLAY_MALFORMED'
  | 'OVERLAY_KEY_UNKNOWN'
  | 'OVERLAY_SIGNATURE_INVALID'
  | 'OVERLAY_SCOPE_WRONG'
  /** Longer than seven days, or ending before it begins. */
  | 'OVERLAY_PERIOD_WRONG'
  /** Its sequence is not above all that were seen. */
  | 'OVERLAY_REPLAYED'
  /** It is in force, and could not be written down yet. */
  | 'OVERLAY_UNRECORDED'

/** An overlay that is not taken: those in force stay in force. */
export class OverlayError extends Error {
  readonly code: OverlayErrorCode

  constructor(code: OverlayErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.name = 'OverlayError'
    this.code = code
  }
}
