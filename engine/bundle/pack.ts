import { gzipSync } from 'node:zlib'
import { BUNDLE_FILES } from '../contract/bundle-claims.ts'
import { writeTar } from '../contract/tar.ts'

// OPA's order: data, modules by name, wasm, signatures, manifest. What OPA does not know stands before the wasm.
const RANKS: ReadonlyMap<string, number> = new Map([
  [BUNDLE_FILES.data, 0],
  [BUNDLE_FILES.catalogue, 2],
  [BUNDLE_FILES.canaries, 3],
  [BUNDLE_FILES.wasm, 4],
  [BUNDLE_FILES.signatures, 5],
  [BUNDLE_FILES.manifest, 6],
])
const MODULES = 1

/** Tar and gzip, with nothing of the time, the machine or the order of `files` in it. */
export function packBundle(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const sorted = [...files].sort(([a], [b]) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1))
  const packed = gzipSync(writeTar(new Map(sorted)), { level: 9 })
  // The tenth byte names the operating system (RFC 1952); zlib writes the one it runs on. 255: unknown, as OPA writes.
  packed[9] = 255
  return packed
}

function rankOf(name: string): number {
  return RANKS.get(name) ?? MODULES
}
