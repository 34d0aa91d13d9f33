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
 * none: a folder of fixtures holds an ERP without a copy of the library. The copy has roles and
 * limits, and no guards, duties and totals.
 */
export function copyProject(erp: string | readonly string[], from: string = REPOSITORY): TestProject {
  const project = copyAsWritten(erp, from)
  if (from === REPOSITORY) for (const name of typeof erp === 'string' ? [erp] : erp) alone(project, name)
  return project
}

/** One call does not bear on the next, and no hour is the wrong one: what does has its tests in e2e/policies. */
function alone({ read, write }: TestProject, erp: string): void {
  const security = `policies/${erp}/security.yaml`
  write(security, before(read(security), '  # What is refused or waits whoever calls'))
  const rbac = `policies/${erp}/rbac.yaml`
  write(rbac, before(read(rbac), '  # Whoever entered or changed a party').replace(', day_total: 5000.00', ''))
}

function before(text: string, mark: string): string {
  const end = text.indexOf(mark)
  if (end < 0) throw new Error(`expected \`${mark}\` in a policy`)
  return text.slice(0, end)
}

/** The same with its guards, duties and totals. */
export function copyAsWritten(erp: string | readonly string[], from: string = REPOSITORY): TestProject {
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
