import { readFile } from 'node:fs/promises'
import type { JSONWebKeySet, JWK } from 'jose'
import { watchFiles } from '../credentials/watch.ts'
import type { Failure } from './credentials-opener.ts'
import type { Log } from './log.ts'

export interface TokenKeysOptions {
  /** The token issuer's public keys, a JWK set. */
  file: string
  /** Whether development keys count. */
  development(): boolean
  /** Epoch milliseconds. */
  now(): number
  log: Log
}

export interface TokenKeys {
  /** Those that are good now; the same object until that changes. */
  set(): JSONWebKeySet
  /** Why the file as it stands now is not used; the keys before it are. */
  lastError(): Failure | null
  stop(): void
}

interface Bounded {
  key: JWK
  development: boolean
  from: number
  to: number
}

/** Follows the token issuer's public keys. Throws when the file is not there or is no set of keys. */
export async function tokenKeys({ file, development, now, log }: TokenKeysOptions): Promise<TokenKeys> {
  let keys = await readKeys(file)
  let current = { set: { keys: [] as JWK[] }, ids: '' }
  let lastError: Failure | null = null
  const changed = async (): Promise<void> => {
    try {
      keys = await readKeys(file)
      lastError = null
      log.info('token_keys.read', { keys: keys.length })
    } catch (error) {
      const message = error instanceof Error ? error.message : 'it cannot be read'
      lastError = { code: 'TOKEN_KEYS_MALFORMED', message, at: new Date(now()).toISOString() }
      log.warn('token_keys.refused', { code: lastError.code, message })
    }
  }
  const stop = await watchFiles([file], changed, { mustTry: () => lastError !== null })
  return {
    set() {
      const nowMs = now()
      const good = keys.filter((one) => one.from <= nowMs && nowMs < one.to && (development() || !one.development))
      const ids = JSON.stringify(good)
      if (ids !== current.ids) current = { set: { keys: good.map(({ key }) => key) }, ids }
      return current.set
    },
    lastError: () => lastError,
    stop,
  }
}

async function readKeys(file: string): Promise<Bounded[]> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Error(`expected the public keys of the token issuer at \`${file}\` (ALCADA_TOKEN_KEYS_FILE)`)
  })
  const set = parsed(text)
  const keys = typeof set === 'object' && set !== null && 'keys' in set ? set.keys : null
  if (!Array.isArray(keys)) throw new Error(`expected a set of public keys in \`${file}\`, got something else`)
  return keys.filter(isPublicKey).map((key) => ({
    key,
    development: key['development'] === true,
    from: Date.parse(String(key['not_before'] ?? '1970-01-01T00:00:00Z')),
    to: Date.parse(String(key['not_after'] ?? '9999-12-31T00:00:00Z')),
  }))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isPublicKey(key: unknown): key is Record<string, unknown> & JWK {
  if (typeof key !== 'object' || key === null || 'd' in key) return false
  return 'kty' in key && key.kty === 'OKP' && 'x' in key && 'kid' in key
}
