import type { TestProject } from 'vitest/node'
import { CompilerError } from '../../engine/compile/compiler/error.ts'
import { findCompiler } from '../../engine/compile/compiler/find.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the pinned OPA; empty when it cannot be had. */
    compiler: string
    /** Why there is no compiler; null when there is. */
    compilerMissing: string | null
  }
}

/** Brings the compiler once, before test files run side by side and each would build it. */
export async function setup(project: TestProject): Promise<void> {
  try {
    const { path } = await findCompiler({
      configured: process.env['ALCADA_OPA'],
      searchPath: process.env['PATH'],
      onProgress: (line) => console.warn(line),
    })
    project.provide('compiler', path)
    project.provide('compilerMissing', null)
  } catch (error) {
    if (!(error instanceof CompilerError)) throw error
    project.provide('compiler', '')
    project.provide('compilerMissing', error.message)
  }
}
