import { resolve } from 'node:path'
import { webAddressKind } from '../contract/web-address.ts'

/** Where a channel is. `open`: over plain HTTP on this machine, which only a development server may use. */
export type ChannelTarget =
  | { kind: 'folder'; folder: string; open: false }
  /** `base` ends with a slash: files stand below it. */
  | { kind: 'https'; base: URL; open: boolean }
  /** `base` is the registry's origin. */
  | { kind: 'registry'; base: URL; repository: string; open: boolean }

export const CHANNEL_TARGETS =
  'a folder, an address like `https://policies.example/prod`, or `oci://registry.example/policies`'

// The grammar of names in OCI distribution-spec 1.1, "pulling manifests".
const REPOSITORY = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/

/**
 * Reads what somebody wrote for a channel. `http://` and `oci+http://` are for stand-ins on loopback.
 * @returns null for what is neither of the three
 */
export function channelTarget(text: string): ChannelTarget | null {
  if (text === '') return null
  if (/^https?:/i.test(text)) return webTarget(text)
  const registry = /^oci(\+http)?:\/\/(.*)$/i.exec(text)
  if (registry !== null) return registryTarget(registry[1] === undefined ? 'https:' : 'http:', registry[2] ?? '')
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? null : folderTarget(text)
}

export function folderTarget(path: string): ChannelTarget {
  return { kind: 'folder', folder: resolve(path), open: false }
}

function webTarget(text: string): ChannelTarget | null {
  const kind = webAddressKind(text)
  if (kind === null) return null
  const base = new URL(text)
  // A query would be of one file, and there are several.
  if (base.search !== '') return null
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  return { kind: 'https', base, open: kind === 'loopback' }
}

function registryTarget(protocol: string, rest: string): ChannelTarget | null {
  const [host = '', ...path] = rest.replace(/\/$/, '').split('/')
  const repository = path.join('/')
  const origin = `${protocol}//${host}`
  const kind = webAddressKind(origin)
  if (kind === null || new URL(origin).host !== host.toLowerCase() || !REPOSITORY.test(repository)) return null
  return { kind: 'registry', base: new URL(origin), repository, open: kind === 'loopback' }
}
