import type { ValidateFunction } from 'ajv'
import type { JsonSchema } from '../../contract/universal/json-schema.ts'
import { newAjv } from '../ajv.ts'
import type { ToolContext } from './tool.ts'

/**
 * Makes guards of tools' schemas; null where one cannot be made. The schema of an upstream tool is somebody else's:
 * what ajv does not know in it is skipped, and a draft it names is read as 2020-12.
 */
export function guardMaker(): (schema: JsonSchema) => ValidateFunction | null {
  const ajv = newAjv({ strict: false })
  return (schema) => {
    const { $schema: _, ...own } = schema
    try {
      return ajv.compile(own)
    } catch {
      return null
    } finally {
      // Two tools may bring the same `$id` along.
      ajv.removeSchema(own)
    }
  }
}

/** The schemas that an upstream tool brings along can be used. */
export function checkSchemas({ erp, file, tool, at, report }: ToolContext): void {
  if (erp.kind === 'api') return
  const map = file.tools[tool.name]
  const guardOf = guardMaker()
  for (const key of ['input', 'output'] as const) {
    const schema = map?.[key]
    if (schema === undefined || guardOf(schema) !== null) continue
    const message = `\`${key}\` of \`${tool.name}\` is no JSON Schema that can be used`
    report.at(`${at}/${key}`, {
      code: 'SCHEMA_MALFORMED',
      message,
      help: 'copy it again from the upstream server; references may only lead inside',
    })
  }
}
