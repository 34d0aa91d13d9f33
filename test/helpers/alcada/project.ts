import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url))

/** A project folder of a test's own: one ERP, or some, and their policies, copied, free to be edited. */
export interface TestProject {
  root: string
  read(path: string): string
  /** Writes a file of the project, its folders included. */
  write(path: string, text: string): void
  /** Replaces text in a file; fails where it does not stand in it exactly once. */
  replace(path: string, from: string, to: string): void
  remove(): void
}

/**
 * Copies `erps/<erp>` and `policies/<erp>` out of `from`, and `policies/shared` out of this repository where `from` has
 * none: a folder of fixtures holds an ERP without a copy of the library.
 */
export function copyProject(erp: string | readonly string[], from: string = REPOSITORY): TestProject {
  const erps = typeof erp === 'string' ? [erp] : erp
  const root = mkdtempSync(join(tmpdir(), 'alcada-project-'))
  const shared = join(from, 'policies', 'shared')
  for (const part of erps.flatMap((name) => [join('erps', name), join('policies', name)])) {
    cpSync(join(from, part), join(root, part), { recursive: true })
  }
  cpSync(existsSync(shared) ? shared : join(REPOSITORY, 'policies', 'shared'), join(root, 'policies', 'shared'), {
    recursive: true,
  })
  const read = (path: string): string => readFileSync(join(root, path), 'utf8')
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return {
    root,
    read,
    write,
    replace(path, from, to) {
      const parts = read(path).split(from)
      if (parts.length !== 2) throw new Error(`expected \`${from}\` once in ${path}, got it ${parts.length - 1} times`)
      write(path, parts.join(to))
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}
