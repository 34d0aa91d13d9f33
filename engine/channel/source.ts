/** A file of a channel as it stood when it was read. */
export interface Found {
  bytes: Uint8Array
  /** Differs whenever the file was replaced. */
  version: string
}

export interface ReadOptions {
  /** More is not read. */
  maxBytes: number
  /** What is had already: then nothing is sent again. Default: nothing. */
  known?: string | undefined
}

/**
 * A channel as its readers see it: a few files named from its root (`omie/bundle.tar.gz`), each replaced as a whole.
 * Whatever comes from it is judged by its signature; a channel is trusted with nothing but being there.
 */
export interface ChannelSource {
  /** Where a file stands, in words. What is remembered of it goes under this: revisions mean something only within one channel. */
  at(path: string): string
  /**
   * The file as it stands now; null where there is none.
   * @throws ChannelError CHANNEL_UNAVAILABLE, CHANNEL_TOO_LARGE
   */
  read(path: string, options: ReadOptions): Promise<Found | 'unchanged' | null>
  /** Calls back, soon and perhaps more than once, when a file was replaced. It may miss some, or all: look as well. @returns stops it */
  watch(path: string, changed: () => void): () => void
  /** Looking costs nothing that anybody else pays: a folder. */
  near: boolean
  close(): void
}

/** A channel that could not be read or written; what was read before stays as good as it was. */
export class ChannelError extends Error {
  readonly code: 'CHANNEL_UNAVAILABLE' | 'CHANNEL_TOO_LARGE'
  /** How long the channel asked to be left alone, in milliseconds; null: it did not. */
  readonly retryAfterMs: number | null

  constructor(
    code: ChannelError['code'],
    message: string,
    { retryAfterMs = null, ...options }: { cause?: unknown; retryAfterMs?: number | null } = {},
  ) {
    super(message, options)
    this.name = 'ChannelError'
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}
