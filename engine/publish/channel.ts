/** What a file is replaced by, and the number it bears: a revision, or the sequence of an overlay. */
export interface Made {
  bytes: Uint8Array
  number: number
}

/**
 * Makes what a file is replaced by.
 * @param standing the file as it stands; null where there is none
 * @param above the number is above this: one that somebody else has taken
 */
export type Make = (standing: Uint8Array | null, above: number) => Promise<Made>

/** A channel as those see it who publish. Reading is engine/channel. */
export interface ChannelWriter {
  /** Where a file stands, in words. */
  at(path: string): string
  /**
   * Compares and swaps: replaces a file by what is made of it. Where somebody else has replaced it meanwhile, it is
   * made anew of that. A reader sees the old file or the new one, whole.
   * @param waitMs time for others to be done, in milliseconds
   * @throws PublishError CHANNEL_BUSY, CHANNEL_UNCONDITIONAL; ChannelError
   */
  update(path: string, make: Make, waitMs: number): Promise<void>
  close(): void
}

/** What is in the way of a bundle is looked at, whatever it is, up to this many bytes. */
export const MAX_STANDING_BYTES: number = 32 * 1024 * 1024
