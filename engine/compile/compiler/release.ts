import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { OPA_ASSETS, OPA_CHECKSUMS, OPA_RELEASES, OPA_VERSION } from './version.ts'

export type Release = {
  /** Host and folder of the releases. Default upstream's. */
  url?: string
  /** SHA-256 by asset. Default the pinned table; an asset without a line is not downloaded. */
  checksums?: Readonly<Record<string, string>>
  /** `<os>-<cpu>` as Node names them. Default this machine. */
  platform?: string
  /** Time until the host must have begun to answer, and between two pieces of the answer, in milliseconds. Default 5_000. */
  patienceMs?: number
}

const MAX_BYTES = 256 * 1024 * 1024

/**
 * Downloads upstream's binary of the pinned version into `file`.
 * @returns null when its SHA-256 is the pinned one, otherwise the reason; a file that is left behind is the caller's to remove
 */
export async function fromRelease(
  file: string,
  release: Release,
  onProgress: (line: string) => void,
): Promise<string | null> {
  const { url = OPA_RELEASES, checksums = OPA_CHECKSUMS, patienceMs = 5_000 } = release
  const platform = release.platform ?? `${process.platform}-${process.arch}`
  const asset = OPA_ASSETS[platform]
  if (asset === undefined) return `upstream publishes no opa for ${platform}`
  const expected = checksums[asset]
  if (expected === undefined) return `no SHA-256 is pinned for \`${asset}\` ${OPA_VERSION}, so it is not downloaded`

  const address = `${url}/v${OPA_VERSION}/${asset}`
  onProgress(`downloading ${address}`)
  const patience = new AbortController()
  let timer = setTimeout(() => patience.abort(), patienceMs)
  const got = createHash('sha256')
  try {
    const response = await fetch(address, { signal: patience.signal, redirect: 'follow' })
    if (!response.ok || response.body === null) return `\`${address}\` answered ${response.status}`
    const target = await open(file, 'wx', 0o600)
    try {
      let size = 0
      for await (const piece of response.body) {
        clearTimeout(timer)
        timer = setTimeout(() => patience.abort(), patienceMs)
        size += piece.byteLength
        if (size > MAX_BYTES) return `\`${address}\` is larger than ${MAX_BYTES} bytes`
        got.update(piece)
        await target.writeFile(piece)
      }
    } finally {
      await target.close()
    }
  } catch (error) {
    if (patience.signal.aborted) return `\`${address}\` gave nothing for ${patienceMs} ms`
    return `\`${address}\` cannot be reached: ${reasonOf(error)}`
  } finally {
    clearTimeout(timer)
  }
  const sum = got.digest('hex')
  return sum === expected ? null : `\`${address}\` has SHA-256 ${sum}, expected ${expected}; refused`
}

/** fetch says only "fetch failed"; what failed stands in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
