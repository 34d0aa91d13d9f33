import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, lstat, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { versionOf } from './probe.ts'
import { OPA_VERSION } from './version.ts'

export type Brought = { path: string; reason: null } | { path: null; reason: string }

// The recorded SHA-256 is the end of the file's name, so binary and record appear in one rename and two writers
// can only ever write the same bytes to the same name.
const PREFIX = `opa-${OPA_VERSION}-${process.platform}-${process.arch}-`

const ABANDONED_MS = 24 * 60 * 60_000

/**
 * The compiler in our cache, hashed again on every use: a damaged or exchanged file is never run.
 * @returns its path, or the reason why there is none
 */
export async function fromCache(cacheDir: string): Promise<Brought> {
  const folder = join(cacheDir, 'opa')
  const unsafe = await whyUnsafe(folder)
  if (unsafe !== null) return { path: null, reason: unsafe }
  const names = (await readdir(folder)).filter((name) => name.startsWith(PREFIX)).sort()
  const damaged: string[] = []
  for (const name of names) {
    const path = join(folder, name)
    const unsafeFile = await whyUnsafe(path)
    if (unsafeFile === null && (await sha256(path)) === name.slice(PREFIX.length)) return { path, reason: null }
    damaged.push(unsafeFile ?? `\`${path}\` is damaged (its SHA-256 is not the recorded one)`)
  }
  return { path: null, reason: damaged.length > 0 ? damaged.join(', ') : `no opa ${OPA_VERSION} in \`${folder}\`` }
}

/**
 * Lets `bring` write the binary into a private folder beside the cache, checks its version, and moves it in at once.
 * @param bring writes the binary to the path it is given; returns why not, or null
 */
export async function installInCache(
  cacheDir: string,
  bring: (file: string) => Promise<string | null>,
): Promise<Brought> {
  const folder = join(cacheDir, 'opa')
  let work: string | undefined
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const unsafe = await whyUnsafe(folder)
    if (unsafe !== null) return { path: null, reason: unsafe }
    await removeAbandoned(folder)
    work = await mkdtemp(join(folder, 'incoming-'))
    const file = join(work, 'opa')
    const failed = await bring(file)
    if (failed !== null) return { path: null, reason: failed }
    await chmod(file, 0o500)
    const version = await versionOf(file)
    if (version !== OPA_VERSION) return { path: null, reason: `what came is opa ${version}, expected ${OPA_VERSION}` }
    const path = join(folder, PREFIX + (await sha256(file)))
    await rename(file, path)
    return { path, reason: null }
  } catch (error) {
    return { path: null, reason: `the cache \`${folder}\` cannot be written: ${messageOf(error)}` }
  } finally {
    if (work !== undefined) await rm(work, { recursive: true, force: true })
  }
}

/** What an interrupted run left behind; a running one is younger. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter((one) => one.startsWith('incoming-'))) {
    const path = join(folder, name)
    const { mtimeMs } = await lstat(path).catch(() => ({ mtimeMs: Date.now() }))
    if (Date.now() - mtimeMs > ABANDONED_MS) await rm(path, { recursive: true, force: true })
  }
}

export async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

/** What others may write or a link may redirect is not ours to run. */
async function whyUnsafe(path: string): Promise<string | null> {
  try {
    const { mode, uid } = await lstat(path).then((stat) => {
      if (stat.isSymbolicLink()) throw new Error('it is a symbolic link')
      return stat
    })
    if (uid !== process.getuid?.()) return `\`${path}\` belongs to another user`
    if ((mode & 0o022) !== 0) return `others may write to \`${path}\` (mode ${(mode & 0o777).toString(8)})`
    return null
  } catch (error) {
    return `no usable \`${path}\`: ${messageOf(error)}`
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
