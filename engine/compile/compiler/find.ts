import { homedir } from 'node:os'
import { join } from 'node:path'
import { fromGo, type GoTool } from './build.ts'
import { fromCache, installInCache } from './cache.ts'
import { type Attempt, CompilerError, type CompilerSource } from './error.ts'
import { type Candidate, versionOf, versionsOnPath } from './probe.ts'
import { fromRelease, type Release } from './release.ts'
import { OPA_VERSION } from './version.ts'

export type Compiler = { path: string; version: string; source: CompilerSource }

export type FindCompilerOptions = {
  /** A binary somebody chose (ALCADA_OPA, read by the caller). It is used or refused, never passed over. */
  configured?: string | undefined
  /** Folder that keeps the compiler between runs. Default `~/.cache/alcada`. */
  cacheDir?: string | undefined
  /** Folders to look in, as in PATH. Default: none. */
  searchPath?: string | undefined
  /** Upstream's release host, sums and time-outs. Default: see `Release`. */
  release?: Release | undefined
  /** The go tool and how long it may wait. Default: see `GoTool`. */
  go?: GoTool | undefined
  /** Called with a line for people whenever something that takes time begins or goes on. */
  onProgress?: ((line: string) => void) | undefined
}

/**
 * Finds the pinned OPA, or brings it: configured path, our cache, PATH, upstream's release, `go build`.
 * @returns the binary to run; its version is exactly OPA_VERSION
 * @throws CompilerError COMPILER_REFUSED when the configured binary is another version, COMPILER_NOT_FOUND otherwise
 */
export async function findCompiler(options: FindCompilerOptions = {}): Promise<Compiler> {
  const { configured, searchPath = '', release = {}, go = {}, onProgress = () => undefined } = options
  const cacheDir = options.cacheDir ?? join(homedir(), '.cache', 'alcada')
  const found = (path: string, source: CompilerSource): Compiler => ({ path, version: OPA_VERSION, source })
  if (configured !== undefined && configured !== '') return found(await requireConfigured(configured), 'configured')

  const tried: Attempt[] = []
  const cached = await fromCache(cacheDir)
  if (cached.path !== null) return found(cached.path, 'cache')
  tried.push({ source: 'cache', reason: cached.reason })

  const onPath = await versionsOnPath(searchPath)
  const exact = onPath.find((one) => one.version === OPA_VERSION)
  if (exact !== undefined) return found(exact.path, 'path')
  tried.push({ source: 'path', reason: describePath(onPath) })

  for (const [source, bring] of [
    ['release', (file: string) => fromRelease(file, release, onProgress)],
    ['go', (file: string) => fromGo(file, go, onProgress)],
  ] as const) {
    const brought = await installInCache(cacheDir, bring)
    if (brought.path !== null) return found(brought.path, source)
    tried.push({ source, reason: brought.reason })
    onProgress(`no compiler from ${source}: ${brought.reason.split('\n')[0]}`)
  }
  throw notFound(tried)
}

async function requireConfigured(path: string): Promise<string> {
  const version = await versionOf(path)
  if (version === OPA_VERSION) return path
  const got = version === null ? 'something that does not answer `opa version`' : version
  const help = `point ALCADA_OPA at opa ${OPA_VERSION}, or unset it to have that version brought`
  throw new CompilerError('COMPILER_REFUSED', `expected opa ${OPA_VERSION} at \`${path}\`, got ${got}; ${help}`)
}

function describePath(candidates: readonly Candidate[]): string {
  if (candidates.length === 0) return 'no `opa` on PATH'
  return candidates.map((one) => `\`${one.path}\` is ${one.version ?? 'not an opa that runs'}`).join(', ')
}

function notFound(tried: readonly Attempt[]): CompilerError {
  const lines = tried.map((one) => `  ${one.source}: ${one.reason.replaceAll('\n', '\n    ')}`)
  const message = [
    `the policy compiler, opa ${OPA_VERSION}, is not here and could not be brought`,
    ...lines,
    `install opa ${OPA_VERSION} on PATH, or set ALCADA_OPA to it, or install Go and let it reach its module proxy`,
  ].join('\n')
  return new CompilerError('COMPILER_NOT_FOUND', message, { tried })
}
