import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, isAbsolute, join } from 'node:path'
import { runCompiler } from './run.ts'

export type Candidate = { path: string; version: string | null }

/** What `opa version` says at this path; null when it does not run or says something else. */
export async function versionOf(path: string): Promise<string | null> {
  try {
    const { code, stdout } = await runCompiler(path, ['version'], { cwd: tmpdir(), timeoutMs: 10_000 })
    if (code !== 0) return null
    return /^Version: (\S+)$/m.exec(stdout)?.[1] ?? null
  } catch {
    return null
  }
}

/** Every `opa` on the search path, in its order, with its version. Relative folders are left out: they depend on where one stands. */
export async function versionsOnPath(searchPath: string): Promise<Candidate[]> {
  const candidates: Candidate[] = []
  for (const folder of searchPath.split(delimiter)) {
    if (!isAbsolute(folder)) continue
    const path = join(folder, 'opa')
    if (await isExecutable(path)) candidates.push({ path, version: await versionOf(path) })
  }
  return candidates
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}
