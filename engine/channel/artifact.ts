import { sha256 } from '../contract/canonical.ts'

/** A manifest of OCI image-spec 1.1 with one layer, as stock `opa` pulls bundles. */
export interface Artifact {
  layer: { mediaType: string; digest: string; size: number }
}

export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json'
/** Of a bundle's config and layer: OPA asks for these two. */
export const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json'
export const BUNDLE_TYPE = 'application/vnd.oci.image.layer.v1.tar+gzip'
/** Of anything else in a channel. */
export const FILE_TYPE = 'application/json'
export const MAX_MANIFEST_BYTES = 1_048_576

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${sha256(bytes)}`
}

export function isDigest(text: unknown): text is string {
  return typeof text === 'string' && /^sha256:[0-9a-f]{64}$/.test(text)
}

/** The tag that moves: `omie` for `omie/bundle.tar.gz`, `omie-overlays` for `omie/overlays.json`. Names of ERPs have no dash. */
export function tagOf(path: string): string {
  const [erp = '', file = ''] = path.split('/')
  const name = file.split('.')[0] ?? ''
  // The bundle of one revision stands under its number already.
  const revision = /^bundle-(\d+)$/.exec(name)?.[1]
  if (revision !== undefined) return `${erp}-${revision}`
  return name === 'bundle' ? erp : `${erp}-${name}`
}

/** The tag that never moves: `omie-7` is revision 7, `omie-overlays-1795611600` the overlays of that sequence. */
export function numberedTagOf(path: string, number: number): string {
  return `${tagOf(path)}-${number}`
}

/** A claim to a number that nobody else can make: `omie-7-3fa9…`. */
export function claimTagOf(path: string, number: number, digest: string): string {
  return `${numberedTagOf(path, number)}-${digest.slice('sha256:'.length, 'sha256:'.length + 16)}`
}

/** The number that a tag gives or claims for a file; null where it does neither. */
export function numberIn(tag: string, path: string): number | null {
  const moving = tagOf(path)
  if (!tag.startsWith(`${moving}-`)) return null
  const [, digits] = /^(\d{1,15})(-[0-9a-f]{16})?$/.exec(tag.slice(moving.length + 1)) ?? []
  return digits === undefined ? null : Number(digits)
}

export function layerTypeOf(path: string): string {
  return path.endsWith('.tar.gz') ? BUNDLE_TYPE : FILE_TYPE
}

/** The one layer of a manifest; null where it is none of ours. */
export function readArtifact(text: string, path: string): Artifact | null {
  const manifest = parsed(text)
  if (!isObject(manifest) || manifest['schemaVersion'] !== 2) return null
  const { mediaType = MANIFEST_TYPE, layers } = manifest
  if (mediaType !== MANIFEST_TYPE || !Array.isArray(layers) || layers.length !== 1) return null
  const layer: unknown = layers[0]
  if (!isObject(layer)) return null
  const { mediaType: type, digest, size } = layer
  if (type !== layerTypeOf(path) || !isDigest(digest)) return null
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return null
  return { layer: { mediaType: type, digest, size } }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
