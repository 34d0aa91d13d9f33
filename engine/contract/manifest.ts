import { Ajv } from 'ajv'
import { BundleError } from './bundle-error.ts'

/** `.manifest` of a bundle, as far as it matters here. */
export interface Manifest {
  /** Digest of the sources; the channel's revision is a claim of the signature. */
  revision: string
  roots: string[]
  rego_version: 1
  wasm: { entrypoint: string; module: string }[]
}

/** The three questions a policy answers, by package. */
export function entrypointsOf(erp: string): string[] {
  return [`${erp}/alerts`, `${erp}/decision`, `${erp}/visible`]
}

const isManifest = new Ajv({ strict: true }).compile<Manifest>({
  type: 'object',
  additionalProperties: false,
  required: ['revision', 'roots', 'rego_version', 'wasm'],
  properties: {
    revision: { type: 'string' },
    roots: { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', pattern: '^[a-z][a-z0-9_]*$' } },
    rego_version: { const: 1 },
    wasm: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['entrypoint', 'module'],
        properties: { entrypoint: { type: 'string' }, module: { type: 'string' }, annotations: { type: 'array' } },
      },
    },
    metadata: { type: 'object' },
  },
})

/**
 * Brings a parsed `.manifest` into shape. OPA's own tools can write one that names a module which is not there
 * (`opa build` over a built bundle), so the module and the entrypoints are compared with what they must be.
 * @throws BundleError BUNDLE_MALFORMED
 */
export function readManifest(value: unknown, erp: string): Manifest {
  if (!isManifest(value)) {
    const [first] = isManifest.errors ?? []
    throw new BundleError('BUNDLE_MALFORMED', `.manifest${first?.instancePath ?? ''} ${first?.message ?? 'is wrong'}`)
  }
  const expected = entrypointsOf(erp).join(', ')
  const got = value.wasm
    .map((one) => one.entrypoint)
    .sort()
    .join(', ')
  if (got !== expected) throw new BundleError('BUNDLE_MALFORMED', `expected entrypoints ${expected}, got ${got}`)
  const module = value.wasm.find((one) => one.module !== '/policy.wasm')?.module
  if (module !== undefined) {
    throw new BundleError('BUNDLE_MALFORMED', `expected the module /policy.wasm, got \`${module}\``)
  }
  for (const root of ['config', erp]) {
    if (!value.roots.includes(root))
      throw new BundleError('BUNDLE_MALFORMED', `expected the root \`${root}\` in .manifest`)
  }
  return value
}
