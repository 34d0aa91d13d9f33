import type { Client } from '@modelcontextprotocol/client'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formatsPlugin from 'ajv-formats'

export interface Listed {
  name: string
  inputSchema: object
  description?: string | undefined
}

/** The tools a client sees, and whether answers are of the shape they promise. */
export interface Promised {
  tools: readonly Listed[]
  /** Throws where a result is not what the tool's output schema says. */
  check(tool: string, result: unknown): void
}

export async function promisedBy(client: Client): Promise<Promised> {
  const { tools } = await client.listTools()
  const ajv = new Ajv2020({ strict: false })
  formatsPlugin.default(ajv)
  const compiled = new Map<string, ValidateFunction>()
  for (const { name, outputSchema } of tools) {
    if (outputSchema === undefined) continue
    const { $schema: _meta, ...schema } = outputSchema
    compiled.set(name, ajv.compile(schema))
  }
  return {
    tools,
    check(tool, result) {
      const validate = compiled.get(tool)
      if (validate === undefined) throw new Error(`${tool} promises no shape`)
      if (!validate(result))
        throw new Error(`${tool} answered out of shape: ${ajv.errorsText(validate.errors ?? null)}`)
    },
  }
}
