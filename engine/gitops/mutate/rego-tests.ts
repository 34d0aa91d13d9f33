import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { runCompiler } from '../../compile/compiler/run.ts'
import { isTest } from '../../compile/staging.ts'
import { opaText } from '../../contract/canonical.ts'
import type { CheckedErp } from '../../validate/checked.ts'

/** What the Rego tests say of a state of the sources. */
export type TestOutcome = 'pass' | 'fail' | 'invalid'

/** A folder in which one mistake at a time is tried. Two of them may be used side by side. */
export interface TestFolder {
  /** The tests that stand beside the file, with what they build on, and no more: most mistakes end here. */
  near(file: string, text: string): Promise<TestOutcome>
  /** Every Rego test of the ERP. */
  all(file: string, text: string): Promise<TestOutcome>
  /** The same with another configuration at `data.config`. */
  configured(config: object): Promise<TestOutcome>
}

export async function openTestFolder({ rego, config }: CheckedErp, opa: string, dir: string): Promise<TestFolder> {
  const put = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), text)
  }
  const data = 'data.json'
  await Promise.all([...Object.entries(rego).map(([path, text]) => put(path, text)), put(data, opaText({ config }))])
  const run = async (paths: readonly string[]): Promise<TestOutcome> => {
    const { code, stdout } = await runCompiler(opa, ['test', ...paths, data, '--format', 'json'], {
      cwd: dir,
      timeoutMs: 30_000,
    })
    if (code === 0) return 'pass'
    return isResults(stdout) ? 'fail' : 'invalid'
  }
  const withText = async (file: string, text: string, paths: readonly string[]): Promise<TestOutcome> => {
    await put(file, text)
    return run(paths).finally(() => put(file, rego[file] ?? ''))
  }
  return {
    async near(file, text) {
      const test = file.replace(/\.rego$/, '_test.rego')
      return test in rego ? withText(file, text, closure(rego, [file, test])) : 'pass'
    },
    all: (file, text) => withText(file, text, Object.keys(rego)),
    async configured(other) {
      await put(data, opaText({ config: other }))
      return run(Object.keys(rego)).finally(() => put(data, opaText({ config })))
    },
  }
}

/** The files and all that they import, over and over. */
function closure(rego: Readonly<Record<string, string>>, roots: readonly string[]): string[] {
  const byPackage = new Map<string, string[]>()
  for (const [path, text] of Object.entries(rego)) {
    const name = /^package (\S+)/m.exec(text)?.[1] ?? ''
    byPackage.set(name, [...(byPackage.get(name) ?? []), path])
  }
  const found = new Set(roots)
  for (const path of found) {
    for (const [, name = ''] of (rego[path] ?? '').matchAll(/^import data\.(\S+)/gm)) {
      for (const file of byPackage.get(name) ?? []) if (!isTest(file) || name.endsWith('_test')) found.add(file)
    }
  }
  return [...found]
}

function isResults(text: string): boolean {
  try {
    return Array.isArray(JSON.parse(text))
  } catch {
    return false
  }
}
