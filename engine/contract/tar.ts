import { BundleError } from './bundle-error.ts'
import { readTarHeader, TAR_BLOCK, tarHeader } from './tar-header.ts'

/** More files than any ERP's policy has; a bound for hostile archives. */
export const MAX_FILES = 500

/** Writes a tar: the files in the order given. Same files, same bytes. */
export function writeTar(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const parts: Uint8Array[] = []
  for (const [name, content] of files) {
    parts.push(tarHeader(name, content.length), content, new Uint8Array(paddingOf(content.length)))
  }
  parts.push(new Uint8Array(2 * TAR_BLOCK))
  return Buffer.concat(parts)
}

/**
 * Reads a tar exactly as writeTar makes them: every byte is either a file's content or what it must be, so links,
 * folders, extensions, odd names, duplicates, hidden trailers and wrong sizes are all refused.
 * @throws BundleError BUNDLE_MALFORMED
 */
export function readTar(tar: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>()
  let at = 0
  for (;;) {
    const header = tar.subarray(at, at + TAR_BLOCK)
    if (header.length < TAR_BLOCK) throw malformed('it ends without an end mark')
    if (isZero(header)) break
    const entry = readTarHeader(header)
    if (entry === null) throw malformed(`the header at byte ${at} is not that of a plain file`)
    const { name, size } = entry
    if (files.has(name)) throw malformed(`\`${name}\` stands in it twice`)
    if (files.size === MAX_FILES) throw malformed(`it holds more than ${MAX_FILES} files`)
    const begin = at + TAR_BLOCK
    const end = begin + size
    const next = end + paddingOf(size)
    if (next > tar.length) throw malformed(`\`${name}\` claims ${size} bytes, more than there are`)
    if (!isZero(tar.subarray(end, next))) throw malformed(`there is something behind \`${name}\``)
    files.set(name, tar.subarray(begin, end))
    at = next
  }
  const trailer = tar.subarray(at)
  if (trailer.length !== 2 * TAR_BLOCK || !isZero(trailer)) throw malformed('there is something behind its end mark')
  return files
}

function paddingOf(size: number): number {
  return (TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}

function malformed(message: string): BundleError {
  return new BundleError('BUNDLE_MALFORMED', `the bundle is no archive of ours: ${message}`)
}
