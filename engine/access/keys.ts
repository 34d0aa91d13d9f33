import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { isValidAt } from '../contract/trust.ts'
import { AccessError } from './access-error.ts'
import { type KeyFile, type KeyUse, readKeyFiles, removeKeyFile, writeKeyFile } from './key-file.ts'
import { writePublicKeys } from './public-keys.ts'

const DAY_MS = 86_400_000

/** A key as it may be shown: nothing secret in it. */
export interface KeySummary {
  id: string
  use: KeyUse
  development: boolean
  not_before: string
  not_after: string
  state: 'active' | 'upcoming' | 'ended'
  /** True while its private half is in the folder. */
  can_sign: boolean
}

export interface NewKeyOptions {
  /** Folder with `keys/`, `trust.json` and `token-keys.json`: `.alcada`. */
  folder: string
  use: KeyUse
  /** Only `up` and `build` make development keys. Default false. */
  development?: boolean
  /** Validity in days. Default 365. From 1 to 1826. */
  days?: number | undefined
  /** Epoch milliseconds. */
  now?: () => number
}

/** Makes an Ed25519 pair: the private half 0600 in `keys/`, the public half in what servers are given. */
export async function newKey({
  folder,
  use,
  development = false,
  days = 365,
  now = Date.now,
}: NewKeyOptions): Promise<KeySummary> {
  if (!Number.isInteger(days) || days < 1 || days > 1826) {
    throw new AccessError('KEY_PERIOD_WRONG', `expected a validity of 1 to 1826 days, got ${days}`)
  }
  const nowMs = now()
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  if (x === undefined || d === undefined) throw new AccessError('KEY_MALFORMED', 'expected an Ed25519 pair')
  const name = development ? `dev-${use}` : use
  const key: KeyFile = {
    id: `${name}-${iso(nowMs).slice(0, 10)}-${randomBytes(4).toString('hex')}`,
    use,
    development,
    not_before: iso(nowMs),
    not_after: iso(nowMs + days * DAY_MS),
    jwk: { kty: 'OKP', crv: 'Ed25519', x, d },
  }
  await writeKeyFile(folder, key)
  await writePublicKeys(folder)
  return summary(key, nowMs)
}

/** The keys of a folder, newest first. */
export async function listKeys(folder: string, now: () => number = Date.now): Promise<KeySummary[]> {
  return (await readKeyFiles(folder)).map((key) => summary(key, now()))
}

export interface RotateOptions extends Omit<NewKeyOptions, 'development'> {
  /** How long the old key stays trusted beside the new one, in days. Default 7. From 0 to 90. */
  overlapDays?: number | undefined
}

/**
 * Makes a new key beside the active ones of the same use, which end after the overlap: time for every server to
 * learn the new one, and for what the old one signed to be replaced.
 * @throws AccessError KEY_NONE when there is none to rotate
 */
export async function rotateKey(options: RotateOptions): Promise<{ created: KeySummary; ending: KeySummary[] }> {
  const { folder, use, overlapDays = 7, now = Date.now } = options
  if (!(overlapDays >= 0 && overlapDays <= 90)) {
    throw new AccessError('KEY_PERIOD_WRONG', `expected an overlap of 0 to 90 days, got ${overlapDays}`)
  }
  const nowMs = now()
  const old = (await readKeyFiles(folder)).filter((key) => key.use === use && isValidAt(key, nowMs))
  const [newest] = old
  if (newest === undefined)
    throw new AccessError('KEY_NONE', `no ${use} key is active; make one with \`alcada keys new\``)
  const created = await newKey({ ...options, development: newest.development })
  const instant = iso(nowMs + overlapDays * DAY_MS)
  const ending = old.map((key) => ({ ...key, not_after: key.not_after < instant ? key.not_after : instant }))
  for (const key of ending) await end(folder, key)
  return { created, ending: ending.map((key) => summary(key, nowMs)) }
}

/**
 * Ends a key now: servers that get the new trust.json take nothing of it any more. Its private half is destroyed.
 * @throws AccessError KEY_UNKNOWN
 */
export async function retireKey({
  folder,
  id,
  now = Date.now,
}: {
  folder: string
  id: string
  now?: () => number
}): Promise<void> {
  const key = (await readKeyFiles(folder)).find((candidate) => candidate.id === id)
  if (key === undefined) throw new AccessError('KEY_UNKNOWN', `no key in \`${folder}\` is called \`${id}\``)
  const instant = iso(now())
  const { kty, crv, x } = key.jwk
  await end(folder, { ...key, not_after: key.not_after < instant ? key.not_after : instant, jwk: { kty, crv, x } })
}

/** Keeps a key with its new end. One that ends before it begins was never trusted, and trust.json has no place for it. */
async function end(folder: string, key: KeyFile): Promise<void> {
  if (key.not_before < key.not_after) {
    await writeKeyFile(folder, key)
    await writePublicKeys(folder)
  } else {
    await removeKeyFile(folder, key.id)
    await writePublicKeys(folder, [key.id])
  }
}

function summary(key: KeyFile, nowMs: number): KeySummary {
  const { id, use, development, not_before, not_after, jwk } = key
  const state = isValidAt(key, nowMs) ? 'active' : Date.parse(not_before) > nowMs ? 'upcoming' : 'ended'
  return { id, use, development, not_before, not_after, state, can_sign: jwk.d !== undefined }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
