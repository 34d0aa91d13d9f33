/** A refusal as whoever called reads it. */
export interface ToldRefusal {
  code: string
  message: string
  /** Seconds; null where no time to come back is told. */
  retryAfterS: number | null
}

/**
 * The refusal that the text of a reply holds; null where it is in somebody else's words. A refused call has no structured
 * content: a tool's output schema speaks of results alone. Source: design, section 4.
 */
export function toldRefusal(text: string): ToldRefusal | null {
  try {
    const told: { error?: { code?: unknown; message?: unknown }; alcada?: { retry_after_s?: unknown } } | null =
      JSON.parse(text)
    const { code, message } = told?.error ?? {}
    const after = told?.alcada?.retry_after_s
    if (typeof code !== 'string') return null
    return {
      code,
      message: typeof message === 'string' ? message : '',
      retryAfterS: typeof after === 'number' ? after : null,
    }
  } catch {
    return null
  }
}
