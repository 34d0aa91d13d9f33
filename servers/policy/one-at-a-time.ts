export interface OneAtATime {
  /** Resolves when a run that began after this call has ended. */
  (): Promise<void>
  /** Resolves when nothing is running. */
  idle(): Promise<void>
}

/**
 * Runs `work` never twice at once. However many ask meanwhile, one more run follows and serves them all, so an older,
 * slower run can never finish after a newer one.
 */
export function oneAtATime(work: () => Promise<void>): OneAtATime {
  let running: Promise<void> | null = null
  let following: Promise<void> | null = null

  const begin = (): Promise<void> => {
    const run = work().finally(() => {
      if (running === run) running = null
    })
    running = run
    return run
  }
  const ask = (): Promise<void> => {
    if (running === null && following === null) return begin()
    const next = (): Promise<void> => {
      following = null
      return begin()
    }
    following ??= (running ?? Promise.resolve()).then(next, next)
    return following
  }
  const idle = async (): Promise<void> => {
    while (running !== null || following !== null) await (following ?? running)
  }
  return Object.assign(ask, { idle })
}
