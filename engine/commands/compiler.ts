import { findCompiler } from '../compile/compiler/find.ts'
import type { Environment } from './environment.ts'

/** The pinned OPA, brought when it is not here; what takes time is told on stderr, so that stdout stays the report's. */
export async function bringCompiler(environment: Environment): Promise<string> {
  const { path } = await findCompiler({
    configured: environment.opa,
    cacheDir: environment.cacheDir,
    searchPath: environment.path,
    onProgress: (line) => process.stderr.write(`${line}\n`),
  })
  return path
}
