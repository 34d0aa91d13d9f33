import type { JsonSchema } from './json-schema.ts'
import { RECORDS, type UniversalField, type UniversalRecord } from './record.ts'
import type { UniversalTool } from './tool-kind.ts'

/** A record's JSON Schema: every field present, null where the ERP does not know it. Masked values stay strings. */
export function recordSchema(record: UniversalRecord): JsonSchema {
  const properties: Record<string, JsonSchema> = {}
  const nested = new Map<string, Record<string, JsonSchema>>()
  for (const [pointer, field] of Object.entries(record)) {
    const [, first, second] = pointer.split('/')
    if (first === undefined) throw new Error(`\`${pointer}\` is no pointer`)
    if (second === undefined) properties[first] = fieldSchema(field)
    else nested.set(first, { ...nested.get(first), [second]: fieldSchema(field) })
  }
  for (const [name, fields] of nested) properties[name] = { ...closed(fields), type: ['object', 'null'] }
  return closed(properties)
}

/** The whole result of a universal tool: `{data, metadata, alcada}`. */
export function outputSchemaOf(tool: UniversalTool): JsonSchema {
  const record = RECORDS[tool.record]
  if (record === undefined) throw new Error(`record \`${tool.record}\` is not in the vocabulary`)
  const one = recordSchema(record)
  return resultSchema(tool.answer === 'one' ? one : { type: 'array', items: one })
}

/** Wraps the schema of `data` in that of a result. */
export function resultSchema(data: JsonSchema): JsonSchema {
  return closed({
    data,
    metadata: closed({
      platform: { type: 'string' },
      total_count: { type: ['integer', 'null'] },
      page: { type: ['integer', 'null'] },
      page_size: { type: ['integer', 'null'] },
      has_next: { type: 'boolean' },
    }),
    alcada: {
      type: 'object',
      properties: {
        entry: { type: 'string' },
        revision: { type: 'integer' },
        masked: { type: 'array', items: { type: 'string' } },
        replayed: { type: 'boolean' },
      },
      required: ['entry', 'revision', 'masked'],
      additionalProperties: false,
    },
  })
}

function fieldSchema(field: UniversalField): JsonSchema {
  const type = { string: 'string', date: 'string', boolean: 'boolean', money: 'number', integer: 'integer' }[field.type]
  return { type: [type, 'null'], description: field.description }
}

function closed(properties: Record<string, JsonSchema>): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }
}
