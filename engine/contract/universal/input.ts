import { ARGUMENTS } from './argument.ts'
import type { JsonSchema } from './json-schema.ts'
import type { UniversalTool } from './tool-kind.ts'

/** A tool's arguments as JSON Schema; `without` are the optional arguments, or parts of one (`bank/pix_key`), this ERP cannot take. */
export function inputSchemaOf(tool: UniversalTool, without: readonly string[] = []): JsonSchema {
  const properties: Record<string, JsonSchema> = {}
  const required: string[] = []
  for (const entry of tool.args) {
    const name = entry.replace('!', '')
    const schema = ARGUMENTS[name]
    if (schema === undefined) throw new Error(`argument \`${name}\` is not in the vocabulary`)
    if (without.includes(name)) continue
    properties[name] = withoutParts(schema, name, without)
    if (entry.endsWith('!')) required.push(name)
  }
  return { type: 'object', properties, required, additionalProperties: false }
}

function withoutParts(schema: JsonSchema, name: string, without: readonly string[]): JsonSchema {
  const parts = without.filter((part) => part.startsWith(`${name}/`)).map((part) => part.slice(name.length + 1))
  const properties = schema['properties']
  if (parts.length === 0 || typeof properties !== 'object' || properties === null) return schema
  return {
    ...schema,
    properties: Object.fromEntries(Object.entries(properties).filter(([key]) => !parts.includes(key))),
  }
}
