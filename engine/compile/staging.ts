import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { canonicalText, digestOf, opaText } from '../contract/canonical.ts'
import { regoInputSchema } from '../contract/decision-schema.ts'
import type { JsonSchema } from '../contract/universal/json-schema.ts'
import type { CheckedErp } from '../validate/checked.ts'

/** What OPA gets to see of one ERP: it reads no YAML and nothing outside this folder. */
export interface Staging {
  /** Rego without tests, `data.json`, `.manifest`. OPA runs in it with `-b .`. */
  bundle: string
  /** The tests, beside it: the manifest's roots keep them out of a bundle. */
  tests: string
  /** JSON Schema of `input`. */
  schema: string
}

/**
 * Writes the staging folder anew.
 * @param dir an existing folder of ours; `bundle`, `tests` and `schema.json` in it are replaced
 */
export async function stage(checked: CheckedErp, dir: string): Promise<Staging> {
  const staging = { bundle: join(dir, 'bundle'), tests: join(dir, 'tests'), schema: join(dir, 'schema.json') }
  await Promise.all([staging.bundle, staging.tests].map((folder) => rm(folder, { recursive: true, force: true })))
  await mkdir(staging.tests, { recursive: true })
  const files = Object.entries(checked.rego).map(([source, text]) => [stagedPath(source), text] as const)
  await Promise.all([
    ...files.map(([path, text]) => write(join(dir, path), text)),
    write(join(staging.bundle, 'data.json'), opaText({ config: checked.config })),
    write(join(staging.bundle, '.manifest'), opaText({ roots: ['config', 'shared', checked.name], rego_version: 1 })),
    write(staging.schema, canonicalText(regoInputSchema(argumentsOf(checked)))),
  ])
  return staging
}

/** Where a Rego file stands in the staging folder: `policies/omie/rbac.rego` → `bundle/omie/rbac.rego`. */
export function stagedPath(source: string): string {
  return source.replace(/^policies\//, isTest(source) ? 'tests/' : 'bundle/')
}

/** The way back, from a path as OPA reports it, run in the staging folder or in its `bundle`. */
export function sourcePath(staged: string): string {
  return `policies/${staged.replace(/^(\.\/)?((bundle|tests)\/)?/, '')}`
}

export function isTest(source: string): boolean {
  return source.endsWith('_test.rego')
}

/**
 * Every argument that some tool takes; one that tools take differently is free. So is one of an upstream MCP server:
 * its schema may hold references, which OPA would follow.
 */
function argumentsOf({ catalogue }: CheckedErp): Record<string, JsonSchema> {
  const found: Record<string, JsonSchema> = {}
  for (const tool of Object.values(catalogue.tools)) {
    for (const [name, schema] of Object.entries(propertiesOf(tool.input))) {
      const known = found[name]
      const same = known === undefined || digestOf(known) === digestOf(schema)
      found[name] = same && !refers(schema) ? schema : {}
    }
  }
  return found
}

/** An upstream's schema may point at a definition that stands elsewhere in it; here it would point at nothing. */
function refers(schema: JsonSchema): boolean {
  return /"\$(ref|dynamicRef)":/.test(JSON.stringify(schema))
}

function propertiesOf(schema: JsonSchema): Record<string, JsonSchema> {
  const properties = schema['properties']
  return isSchemas(properties) ? properties : {}
}

function isSchemas(value: unknown): value is Record<string, JsonSchema> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}
