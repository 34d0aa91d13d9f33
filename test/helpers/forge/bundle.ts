import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { canonicalFiles } from '../../../engine/bundle/canonical-files.ts'
import { packBundle } from '../../../engine/bundle/pack.ts'
import { signBundle } from '../../../engine/bundle/sign.ts'
import type { BundleClaims } from '../../../engine/contract/bundle-claims.ts'
import { readTar } from '../../../engine/contract/tar.ts'
import { forgeCanaries, forgeCatalogue, forgeConfig, forgeRego } from './content.ts'
import type { ForgedKey } from './key.ts'

/** The instant most tests are at: 2026-11-25 10:00 in São Paulo. */
export const NOW_MS = 1_795_611_600_000

/** Compiles a small real policy with the real compiler: the unsigned files of a bundle. */
export function forgeFiles(
  opa: string,
  erp: string,
  mark = '',
  rego: string = forgeRego(erp, mark),
): Map<string, Uint8Array> {
  const stage = mkdtempSync(join(tmpdir(), 'alcada-forge-'))
  try {
    mkdirSync(join(stage, erp))
    writeFileSync(join(stage, erp, 'decision.rego'), rego)
    writeFileSync(join(stage, 'data.json'), JSON.stringify({ config: forgeConfig() }))
    const manifest = { revision: 'sources-1', roots: ['config', erp, 'shared'], rego_version: 1, metadata: { erp } }
    writeFileSync(join(stage, '.manifest'), JSON.stringify(manifest))
    const out = join(stage, '..', `${mkdtempSync(join(tmpdir(), 'alcada-forge-out-')).split('/').at(-1)}`)
    execFileSync(opa, ['build', '-b', '.', '-t', 'wasm', '-o', join(out, 'bundle.tar.gz')], { cwd: stage })
    const files = readTar(gunzipSync(readFileSync(join(out, 'bundle.tar.gz'))))
    rmSync(out, { recursive: true })
    const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
    files.set('catalogue.json', encode(forgeCatalogue(erp)))
    files.set('canaries.json', encode(forgeCanaries()))
    return canonicalFiles(files)
  } finally {
    rmSync(stage, { recursive: true })
  }
}

export function forgeClaims(overrides: Partial<BundleClaims> = {}): BundleClaims {
  return {
    scope: 'omie',
    revision: 7,
    commit: '0123456789abcdef0123456789abcdef01234567',
    pull_request: 12,
    author: 'ana',
    approvers: ['bruno'],
    check_run: 4711,
    iat: NOW_MS / 1000 - 60,
    exp: NOW_MS / 1000 + 30 * 86_400,
    compiler: 'opa 1.22.2',
    ...overrides,
  }
}

/** A signed bundle, packed as servers take it. */
export async function forgeBundle(
  files: ReadonlyMap<string, Uint8Array>,
  key: ForgedKey,
  overrides: Partial<BundleClaims> = {},
): Promise<Uint8Array> {
  return packBundle(await signBundle(files, forgeClaims(overrides), key.signer))
}
