import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

/** Makes the folder that gathers what a run lets out; the reporter looks through it at the end. */
export function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'alcada-outputs-'))
  project.provide('outputs', folder)
  return () => rmSync(folder, { recursive: true, force: true })
}
