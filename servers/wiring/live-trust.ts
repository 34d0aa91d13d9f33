import { readFile } from 'node:fs/promises'
import type { Trust } from '../../engine/contract/bundle-claims.ts'
import { BundleError } from '../../engine/contract/bundle-error.ts'
import { isDevelopmentTrust, parseTrust } from '../../engine/contract/trust.ts'
import { watchFiles } from '../credentials/watch.ts'
import type { Failure } from './credentials-opener.ts'
import type { Log } from './log.ts'

export interface LiveTrust {
  current(): Trust
  /** Why trust.json as it stands now is not used; what was trusted before still is. */
  lastError(): Failure | null
  onChange(listener: () => void): void
  stop(): void
}

/** Follows trust.json: a new key is trusted and a retired one is not, without a restart. Throws BundleError at the start. */
export async function liveTrust(file: string, now: () => number, log: Log): Promise<LiveTrust> {
  const listeners: (() => void)[] = []
  let trust = parseTrust(await readFile(file, 'utf8'))
  let lastError: Failure | null = null
  const changed = async (): Promise<void> => {
    try {
      const next = parseTrust(await readFile(file, 'utf8'))
      stayProduction(trust, next)
      trust = next
      lastError = null
      log.info('trust.read', { keys: next.keys.length })
      for (const listener of listeners) listener()
    } catch (error) {
      const code = error instanceof BundleError ? error.code : 'TRUST_UNREADABLE'
      const message = error instanceof Error ? error.message : 'trust.json cannot be read'
      if (lastError?.code === code && lastError.message === message) return
      lastError = { code, message, at: new Date(now()).toISOString() }
      log.warn('trust.refused', { code, message })
    }
  }
  const stop = await watchFiles([file], changed, { mustTry: () => lastError !== null })
  return {
    current: () => trust,
    lastError: () => lastError,
    onChange: (listener) => void listeners.push(listener),
    stop,
  }
}

// A file in the wrong place makes no development server out of one that others rely on.
function stayProduction(before: Trust, next: Trust): void {
  if (isDevelopmentTrust(before) || !isDevelopmentTrust(next)) return
  throw new BundleError(
    'TRUST_MALFORMED',
    'trust.json names a development key, and this server was started without any',
  )
}
