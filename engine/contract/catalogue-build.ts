import type { Catalogue, CatalogueTool } from './catalogue.ts'
import type { Erp } from './erp.ts'
import { permissionOf } from './permission.ts'
import type { ToolMap, WrittenTool, WrittenToolsFile } from './tool.ts'
import { inputSchemaOf } from './universal/input.ts'
import type { JsonSchema } from './universal/json-schema.ts'
import { outputSchemaOf, resultSchema } from './universal/output.ts'
import { UNIVERSAL_TOOLS } from './universal/tool.ts'
import type { UniversalTool } from './universal/tool-kind.ts'

/** The catalogue of an ERP: each of its tools with everything a server needs spelled out, sorted by name. */
export function buildCatalogue(erp: Erp, file: WrittenToolsFile): Catalogue {
  const tools: Record<string, CatalogueTool> = {}
  for (const name of Object.keys(file.tools).sort()) {
    const tool = buildTool(erp, file, name)
    if (tool !== null) tools[name] = tool
  }
  return { erp, records: file.records, tools }
}

/** One tool of the catalogue; null where no effect is declared, or an ERP of kind api names one that is not universal. */
export function buildTool(erp: Erp, file: WrittenToolsFile, name: string): CatalogueTool | null {
  const written = Object.hasOwn(file.tools, name) ? file.tools[name] : undefined
  if (written === undefined || !isDeclared(written)) return null
  const { review: _, ...map } = written
  if (erp.kind === 'mcp') return mcpTool(name, map)
  const universal = Object.hasOwn(UNIVERSAL_TOOLS, name) ? UNIVERSAL_TOOLS[name] : undefined
  return universal === undefined ? null : apiTool(erp, file, name, map, universal)
}

/** Whether somebody has said what a call of the tool does: without that there is no such tool. */
export function isDeclared(tool: WrittenTool): tool is ToolMap & Pick<WrittenTool, 'review'> {
  return tool.effect !== undefined
}

function apiTool(
  erp: Erp,
  file: WrittenToolsFile,
  name: string,
  map: ToolMap,
  universal: UniversalTool,
): CatalogueTool {
  return {
    ...map,
    name,
    entity: universal.entity,
    description: universal.description,
    input: clipped(
      inputSchemaOf(universal, map.without),
      map.paging === undefined ? undefined : erp.paging[map.paging]?.max,
    ),
    output: outputSchemaOf(universal),
    permission: permissionOf(map.effect),
    money: universal.money === true || map.effect === 'settle',
    answerKind: universal.answer,
    sensitiveFields: sensitiveFieldsOf(file, map, universal),
  }
}

function mcpTool(name: string, map: ToolMap): CatalogueTool {
  // It stands inside the schema of our result, where it cannot name a draft of its own.
  const { $schema: _, ...output } = map.output ?? {}
  return {
    ...map,
    name,
    entity: map.entity ?? name,
    description: map.description ?? name,
    input: map.input ?? { type: 'object' },
    output: resultSchema(output),
    permission: permissionOf(map.effect),
    money: map.effect === 'settle' || map.facts?.amount !== undefined,
    answerKind: 'raw',
    sensitiveFields: Object.entries(map.sensitive ?? {}).map(([pointer, kind]) => ({ pointer, kind })),
  }
}

/** A page may not ask for more than the ERP gives at once. */
function clipped(input: JsonSchema, max: number | undefined): JsonSchema {
  const properties = input['properties']
  if (max === undefined || !isSchema(properties)) return input
  const size = properties['page_size']
  if (!isSchema(size)) return input
  const maximum = Math.min(max, numberOf(size['maximum'], max))
  const page_size = { ...size, maximum, default: Math.min(maximum, numberOf(size['default'], maximum)) }
  return { ...input, properties: { ...properties, page_size } }
}

/** From pointers into one record to pointers into the result's `data`. */
function sensitiveFieldsOf(
  file: WrittenToolsFile,
  map: ToolMap,
  universal: UniversalTool,
): CatalogueTool['sensitiveFields'] {
  const record = map.answer === undefined ? undefined : file.records[map.answer.record]
  const prefix = universal.answer === 'one' ? '' : '/*'
  return Object.entries(record?.sensitive ?? {}).map(([pointer, kind]) => ({ pointer: `${prefix}${pointer}`, kind }))
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function numberOf(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise
}
