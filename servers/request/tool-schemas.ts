import type { ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formatsPlugin from 'ajv-formats'
import { digestOf } from '../../engine/contract/canonical.ts'
import type { CatalogueTool } from '../../engine/contract/catalogue.ts'
import { centavosOf } from '../../engine/contract/money.ts'
import type { JsonSchema } from '../../engine/contract/universal/json-schema.ts'

export interface ToolSchemas {
  /** Puts defaults in: give it a copy. */
  input: ValidateFunction
  output: ValidateFunction
  /** Over the whole of what the catalogue says of the tool. */
  digest: string
}

/**
 * The compiled schemas of tools, made at a tool's first call. They live as long as the tool's catalogue does, so that
 * each revision has its own.
 */
export function createToolSchemas(): (tool: CatalogueTool) => ToolSchemas {
  const compiled = new WeakMap<CatalogueTool, ToolSchemas>()
  return (tool) => {
    const known = compiled.get(tool)
    if (known !== undefined) return known
    // One instance a tool: schemas of upstream servers may share an $id. Not strict, for keywords of theirs we do not know.
    const schemas = { input: compile(tool.input, true), output: compile(tool.output, false), digest: digestOf(tool) }
    compiled.set(tool, schemas)
    return schemas
  }
}

function compile(schema: JsonSchema, useDefaults: boolean): ValidateFunction {
  const ajv = new Ajv2020({ strict: false, useDefaults, logger: false })
  formatsPlugin.default(ajv)
  ajv.addFormat('centavos', { type: 'number', validate: (reais: number) => centavosOf(reais) !== null })
  // An upstream's draft-07 schema means the same here, but names a meta schema that is not loaded.
  const { $schema: _meta, ...rest } = schema
  return ajv.compile(rest)
}
