import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdir, open, readdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { digestOf } from '../../contract/canonical.ts'
import { replaceFile } from '../../publish/replace-file.ts'

/** Results by the digest of everything they were made of: what is the same is not worked out again. */
export interface ResultCache {
  /** Null where there is none, or none that this machine wrote whole. */
  read(key: unknown): Promise<unknown>
  /** @param key any JSON: all that the value depends on */
  write(key: unknown, value: unknown): Promise<void>
}

/** Keeps nothing. */
export const NO_CACHE: ResultCache = { read: async () => null, write: async () => undefined }

export interface ResultCacheOptions {
  /** Made when it is not there. */
  folder: string
  /** A secret of this machine, made when it is not there, outside of every checkout. */
  keyFile: string
  now?: () => number
}

/** Entries that nobody read for so long are removed. */
const KEPT_MS = 30 * 86_400_000

/**
 * A folder of results. Each is sealed with a key that no checkout holds: a pull request that brings a result of its own,
 * a file cut short or a disk that forgets is no result, and what it stood for is worked out again.
 */
export async function openResultCache({ folder, keyFile, now = Date.now }: ResultCacheOptions): Promise<ResultCache> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const secret = await ownKey(keyFile)
  await prune(folder, now())
  const fileOf = (key: unknown): { name: string; path: string } => {
    const name = digestOf(key)
    return { name, path: join(folder, `${name}.json`) }
  }
  const sealOf = (name: string, body: string): Buffer =>
    createHmac('sha256', secret).update(`${name}\n${body}`).digest()
  return {
    async read(key) {
      const { name, path } = fileOf(key)
      const text = await readFile(path, 'utf8').catch(() => null)
      if (text === null) return null
      const end = text.indexOf('\n')
      const body = text.slice(end + 1)
      const seal = Buffer.from(text.slice(0, Math.max(end, 0)), 'hex')
      const right = sealOf(name, body)
      if (seal.length !== right.length || !timingSafeEqual(seal, right)) {
        await rm(path, { force: true })
        return null
      }
      const at = now() / 1000
      await utimes(path, at, at).catch(() => undefined)
      return JSON.parse(body)
    },
    async write(key, value) {
      const { name, path } = fileOf(key)
      const body = JSON.stringify(value)
      await replaceFile(path, `${sealOf(name, body).toString('hex')}\n${body}`)
    },
  }
}

async function ownKey(path: string): Promise<Buffer> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return null
    throw error
  })
  if (file !== null) {
    await file.writeFile(randomBytes(KEY_BYTES))
    await file.close()
  }
  const key = await readFile(path)
  // Another process may be just about to write it: what is sealed with less than a key is never found again.
  return key.length === KEY_BYTES ? key : randomBytes(KEY_BYTES)
}

const KEY_BYTES = 32

async function prune(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const known = await stat(path).catch(() => null)
    if (known !== null && now - known.mtimeMs > KEPT_MS) await rm(path, { force: true })
  }
}
