import { isTest } from '../../compile/staging.ts'
import type { BundleClaims, Trust } from '../../contract/bundle-claims.ts'
import { gunzip } from '../../contract/bundle-verify.ts'
import { readTar } from '../../contract/tar.ts'
import type { CheckedErp } from '../../validate/checked.ts'
import { publishedBundle } from '../provenance/published.ts'
import type { ExplainSources } from './trace.ts'

export interface BundleSources extends ExplainSources {
  /** Digest of the content that decided, as the ledger names it. */
  digest: string
  claims: BundleClaims
  development: boolean
}

/**
 * The Rego and the configuration of a signed bundle, with what its signature claims, as of when it was signed.
 * @throws BundleError when no trusted key signed it
 */
export function bundleSources(bytes: Uint8Array, { erp, trust }: { erp: string; trust: Trust }): BundleSources {
  const { data, digest, claims, development } = publishedBundle(bytes, { erp, trust })
  const texts = [...readTar(gunzip(bytes))]
    .filter(([name]) => name.endsWith('.rego'))
    .map(([name, content]) => [name, Buffer.from(content).toString('utf8')] as const)
  if (texts.length === 0) throw new Error(`the bundle of \`${erp}\` holds no Rego: nothing in it can be explained`)
  return { erp, rego: Object.fromEntries(texts), config: data.config, digest, claims, development }
}

/** The same of a project folder as it stands. */
export function treeSources({ name, rego, config }: CheckedErp): ExplainSources {
  const plain = Object.entries(rego).filter(([path]) => !isTest(path))
  return {
    erp: name,
    rego: Object.fromEntries(plain.map(([path, text]) => [path.replace(/^policies\//, ''), text])),
    config,
  }
}
