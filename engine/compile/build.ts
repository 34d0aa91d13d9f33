import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { BUNDLE_FILES } from '../contract/bundle-claims.ts'
import { canonicalText, digestOf, opaText } from '../contract/canonical.ts'
import type { Finding } from '../contract/finding.ts'
import { entrypointsOf } from '../contract/manifest.ts'
import { readTar } from '../contract/tar.ts'
import type { CheckedErp } from '../validate/checked.ts'
import { runCompiler } from './compiler/run.ts'
import { opaFindings } from './opa-error.ts'
import { isTest, type Staging } from './staging.ts'

/** What `opa build` makes: the module, and the manifest that names its entrypoints. */
export interface Built {
  wasm: Uint8Array<ArrayBuffer>
  manifest: object
}

/**
 * Compiles at -O0: partial evaluation made decisions slower and, once, different. Run inside the folder with `-b .`,
 * since any other path gets into the module, and the same sources would no longer give the same bytes.
 */
export async function build(
  { name, rego }: CheckedErp,
  staging: Staging,
  compiler: string,
  capabilities: string,
): Promise<{ built: Built | null; findings: Finding[] }> {
  const out = join(staging.bundle, '..', 'bundle.tar.gz')
  const entrypoints = entrypointsOf(name).flatMap((entrypoint) => ['-e', entrypoint])
  const args = ['build', '-b', '.', '-t', 'wasm', '-O', '0', ...entrypoints, '--capabilities', capabilities, '-o', out]
  const { code, stderr, stdout } = await runCompiler(compiler, args, { cwd: staging.bundle })
  if (code !== 0) return { built: null, findings: opaFindings(stderr || stdout, anyFile(name, rego)) }
  const files = readTar(gunzipSync(await readFile(out)))
  const text = (file: string): string => Buffer.from(files.get(file) ?? []).toString('utf8')
  const manifest: unknown = JSON.parse(text(BUNDLE_FILES.manifest))
  if (typeof manifest !== 'object' || manifest === null) throw new Error('expected a manifest of `opa build`, got none')
  return { built: { wasm: Uint8Array.from(files.get(BUNDLE_FILES.wasm) ?? []), manifest }, findings: [] }
}

/** The unsigned files of a bundle. Only the module and the manifest are OPA's: our JSON is canonical already. */
export function bundleFiles(checked: CheckedErp, built: Built, canaries: unknown): Map<string, Uint8Array> {
  const encoder = new TextEncoder()
  const rego = Object.entries(checked.rego).filter(([path]) => !isTest(path))
  // The channel's number is a claim of the signature: here stands what the content was made of.
  const revision = digestOf({ rego, config: checked.config, catalogue: checked.catalogue })
  return new Map([
    [BUNDLE_FILES.manifest, encoder.encode(opaText({ ...built.manifest, revision }))],
    [BUNDLE_FILES.data, encoder.encode(opaText({ config: checked.config }))],
    [BUNDLE_FILES.wasm, built.wasm],
    [BUNDLE_FILES.catalogue, encoder.encode(canonicalText(checked.catalogue))],
    [BUNDLE_FILES.canaries, encoder.encode(canonicalText(canaries))],
    ...rego.map(([path, text]) => [path.replace(/^policies\//, ''), encoder.encode(text)] as const),
  ])
}

function anyFile(name: string, rego: CheckedErp['rego']): string {
  const wanted = `policies/${name}/decision.rego`
  return wanted in rego ? wanted : (Object.keys(rego)[0] ?? wanted)
}
