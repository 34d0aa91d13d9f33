import { BUNDLE_FILES } from './bundle-claims.ts'
import { BundleError } from './bundle-error.ts'
import { type Canary, readCanaries } from './canary.ts'
import { canonicalText, opaText } from './canonical.ts'
import type { Catalogue } from './catalogue.ts'
import { isCatalogue } from './catalogue-guard.ts'
import type { Config } from './config.ts'
import { isConfig } from './config-guard.ts'
import { firstError } from './decision-guard.ts'
import { type Manifest, readManifest } from './manifest.ts'

/** A bundle's files, brought into shape. */
export interface BundleContent {
  manifest: Manifest
  data: { config: Config }
  catalogue: Catalogue
  canaries: Canary[]
  wasm: Uint8Array<ArrayBuffer>
}

/**
 * Parses what a server needs of a bundle's files. The JSON files must be the one canonical text of their value, so that
 * a raw hash, OPA's hash of the value and what every reader understands are the same thing.
 * @throws BundleError BUNDLE_MALFORMED, BUNDLE_FILES_DIFFER
 */
export function readContent(files: ReadonlyMap<string, Uint8Array>, erp: string): BundleContent {
  const manifest = readManifest(parse(files, BUNDLE_FILES.manifest, opaText), erp)
  const data = parse(files, BUNDLE_FILES.data, opaText)
  if (!isData(data)) {
    throw malformed(`data.json: expected only \`config\`, as the servers know it: ${firstError(isConfig.errors)}`)
  }
  const catalogue = parse(files, BUNDLE_FILES.catalogue, canonicalText)
  if (!isCatalogue(catalogue)) throw malformed(`catalogue.json${firstError(isCatalogue.errors)}`)
  if (catalogue.erp.name !== erp) {
    throw malformed(`expected the catalogue of \`${erp}\`, got that of \`${catalogue.erp.name}\``)
  }
  const canaries = readCanaries(parse(files, BUNDLE_FILES.canaries, canonicalText))
  if (canaries === null) throw malformed('canaries.json: expected a list of decisions to try, got something else')
  return { manifest, data, catalogue, canaries, wasm: Uint8Array.from(fileOf(files, BUNDLE_FILES.wasm)) }
}

function fileOf(files: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const content = files.get(name)
  if (content === undefined) throw new BundleError('BUNDLE_FILES_DIFFER', `the bundle has no \`${name}\``)
  return content
}

function parse(files: ReadonlyMap<string, Uint8Array>, name: string, textOf: (value: unknown) => string): unknown {
  const content = fileOf(files, name)
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content)
    const value: unknown = JSON.parse(text)
    if (textOf(value) === text) return value
  } catch (cause) {
    throw new BundleError('BUNDLE_MALFORMED', `${name}: expected JSON`, { cause })
  }
  throw malformed(`${name}: expected the canonical text of its value, got another spelling of it`)
}

function isData(value: unknown): value is { config: Config } {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return false
  return 'config' in value && isConfig(value.config)
}

function malformed(message: string): BundleError {
  return new BundleError('BUNDLE_MALFORMED', message)
}
