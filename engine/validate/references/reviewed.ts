import type { WrittenToolsFile } from '../../contract/tool.ts'
import { pointerOf, type Reporter } from '../place.ts'

/** Tools that were proposed and that nobody has reviewed: one warning, at the first of them, names them all. */
export function checkReviewed({ tools }: WrittenToolsFile, report: Reporter): void {
  const open = Object.keys(tools).filter((name) => tools[name]?.review !== undefined)
  const [first] = open
  if (first === undefined) return
  report.atKey(`${pointerOf('tools', first)}/review`, {
    code: 'TOOL_UNREVIEWED',
    severity: 'warning',
    message: `nobody has reviewed ${open.map((name) => `\`${name}\``).join(', ')}`,
    help: 'compare each with the documentation of the ERP, try it out, and take its `review` away',
  })
}
