import { isDeclared } from '../../contract/catalogue-build.ts'
import type { Erp } from '../../contract/erp.ts'
import type { ToolMap, ToolsFile, WrittenToolsFile } from '../../contract/tool.ts'
import { type Fault, pointerOf, type Reporter } from '../place.ts'

/** tools.yaml without the tools whose effect nobody has declared: they do not exist, and a warning says so. */
export function declaredTools(erp: Erp, file: WrittenToolsFile, report: Reporter): ToolsFile {
  const tools: Record<string, ToolMap> = {}
  for (const [name, tool] of Object.entries(file.tools)) {
    if (isDeclared(tool)) tools[name] = tool
    else report.atKey(pointerOf('tools', name), erp.kind === 'mcp' ? absent(name) : MISSING)
  }
  return { ...file, tools }
}

const MISSING = { code: 'KEY_MISSING', message: 'key `effect` is missing here', help: 'add `effect:`' }

function absent(name: string): Fault {
  return {
    code: 'EFFECT_UNDECLARED',
    severity: 'warning',
    message: `\`${name}\` has no \`effect\`, so there is no such tool for anybody`,
    help: 'say what a call does (`effect: read`, `create`, `update`, `delete`, `settle` or `fiscal`), or remove the tool',
  }
}
