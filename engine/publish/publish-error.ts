export class PublishError extends Error {
  /**
   * CHANNEL_BUSY: somebody else is publishing. CHANNEL_BROKEN: what stands in the channel is no bundle that is trusted.
   * CHANNEL_UNCONDITIONAL: the channel would let two publishers overwrite each other.
   */
  readonly code: 'CHANNEL_BUSY' | 'CHANNEL_BROKEN' | 'CHANNEL_UNCONDITIONAL' | 'REVISION_WRONG'

  constructor(code: PublishError['code'], message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.name = 'PublishError'
    this.code = code
  }
}
