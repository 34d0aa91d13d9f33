import type { CatalogueTool } from '../../contract/catalogue.ts'
import { buildTool } from '../../contract/catalogue-build.ts'
import type { Erp } from '../../contract/erp.ts'
import type { ToolsFile } from '../../contract/tool.ts'
import { pointerOf, type Reporter } from '../place.ts'
import { checkArgumentsUsed } from './arguments.ts'
import { checkMeaning } from './facts.ts'
import { checkRecords } from './records.ts'
import { checkTool } from './tool.ts'
import { checkToolName } from './tool-name.ts'
import { checkSchemas } from './tool-schema.ts'

/** All of tools.yaml. Gives the tools that could be understood, for those who refer to them. */
export function checkTools(erp: Erp, file: ToolsFile, report: Reporter): Record<string, CatalogueTool> {
  checkRecords(erp.kind === 'api' ? file.records : {}, report)
  const tools: Record<string, CatalogueTool> = {}
  for (const name of Object.keys(file.tools)) {
    if (erp.kind === 'api' && !checkToolName(name, report)) continue
    const tool = buildTool(erp, file, name)
    if (tool !== null) tools[name] = tool
  }
  for (const tool of Object.values(tools)) {
    const context = { erp, file, tools, tool, at: pointerOf('tools', tool.name), report }
    checkTool(context)
    checkSchemas(context)
    checkArgumentsUsed(context)
    checkMeaning(context)
  }
  return tools
}
