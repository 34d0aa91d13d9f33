import { join } from 'node:path'
import type { Finding } from '../../../engine/contract/finding.ts'
import { loadTree } from '../../../engine/load/load.ts'
import type { CheckedErp } from '../../../engine/validate/checked.ts'
import { validateTree } from '../../../engine/validate/validate.ts'

/** The project's own ERP, checked: faults are planted into what is shipped. */
export async function checkedErp(name: string): Promise<CheckedErp> {
  const { tree } = await loadTree(join(import.meta.dirname, '../../..'), [name])
  const { erps, findings } = validateTree(tree)
  const checked = erps[name]
  if (checked === undefined) throw new Error(JSON.stringify(findings))
  return checked
}

/** The same with one Rego file replaced or added. */
export function withRego(checked: CheckedErp, path: string, text: string): CheckedErp {
  return { ...checked, rego: { ...checked.rego, [path]: text } }
}

/** The same with a piece of one Rego file written otherwise. */
export function edited(checked: CheckedErp, path: string, from: string, to: string): CheckedErp {
  const text = checked.rego[path]
  if (text === undefined || !text.includes(from)) throw new Error(`\`${from}\` is not in ${path}`)
  return withRego(checked, path, text.replace(from, to))
}

/** Line of the first occurrence of a text in a Rego file. */
export function lineOf(checked: CheckedErp, path: string, text: string): number {
  return (checked.rego[path] ?? '').split('\n').findIndex((line) => line.includes(text)) + 1
}

/** `code file:line`, in the order they are reported. */
export function placesOf(findings: readonly Finding[]): string[] {
  return findings.map(({ code, file, line }) => `${code} ${file}:${line}`)
}
