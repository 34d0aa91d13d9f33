import type { Finding } from '../contract/finding.ts'
import type { CheckedErp } from '../validate/checked.ts'
import { runCompiler } from './compiler/run.ts'
import { opaFindings } from './opa-error.ts'
import { type Staging, sourcePath, stagedPath } from './staging.ts'

/** `opa check --strict` with the schema of `input`, so that a misspelt `input.` path is a finding and not a refusal at run time. */
export async function check(
  { name }: CheckedErp,
  staging: Staging,
  compiler: string,
  capabilities: string,
): Promise<Finding[]> {
  const args = ['check', '--strict', '-b', '.', '-s', staging.schema, '--capabilities', capabilities]
  const rest = ['--format', 'json', '--max-errors', '1000']
  const { code, stdout, stderr } = await runCompiler(compiler, [...args, ...rest], { cwd: staging.bundle })
  return code === 0 ? [] : opaFindings(stderr || stdout, `policies/${name}/decision.rego`)
}

/** `opa fmt`: one finding per file, at the first line that is written otherwise. */
export async function format({ rego }: CheckedErp, staging: Staging, compiler: string): Promise<Finding[]> {
  const cwd = `${staging.bundle}/..`
  const listed = await runCompiler(compiler, ['fmt', '--list', 'bundle', 'tests'], { cwd })
  // A file that cannot be read is for `check` to report.
  const files = listed.stdout.split('\n').filter((line) => line.endsWith('.rego'))
  return Promise.all(
    files.map(async (file): Promise<Finding> => {
      const source = sourcePath(file)
      const { stdout } = await runCompiler(compiler, ['fmt', stagedPath(source)], { cwd })
      return {
        code: 'REGO_FORMAT',
        severity: 'error',
        file: source,
        line: firstDifference(rego[source] ?? '', stdout),
        column: 1,
        message: 'not written as `opa fmt` writes it',
        help: `run \`opa fmt -w ${source}\``,
      }
    }),
  )
}

function firstDifference(a: string, b: string): number {
  const [left, right] = [a.split('\n'), b.split('\n')]
  const index = left.findIndex((line, at) => line !== right[at])
  return index < 0 ? left.length : index + 1
}
