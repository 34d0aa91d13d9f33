import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Document, OpenAPIBackend, type Request } from 'openapi-backend'
import { type Described, fill, type Schema } from './fill.ts'

/** GitHub's published description of its API, to hold both sides of a conversation to. */
export interface Contract {
  /** The operation and what its path names; null: GitHub has no such path, or it is not among those cut out. */
  match(request: Request): { id: string; params: Readonly<Record<string, string>> } | null
  /** What is wrong with a request; [] when nothing is. */
  requestFaults(request: Request): string[]
  /** A whole answer out of the part that matters: what else GitHub promises is there, with empty values. */
  whole(id: string, status: number, part: unknown): unknown
  answerFaults(id: string, status: number, answer: unknown): string[]
}

interface Description extends Described {
  paths: Record<string, Record<string, { operationId?: string; responses?: Record<string, Answered> }>>
}

interface Answered {
  $ref?: string
  content?: { 'application/json'?: { schema: Schema } }
}

const FILE = join(import.meta.dirname, '..', '..', 'fixtures', 'github-openapi.json')

let opened: Promise<Contract> | undefined

/** Read once for all stand-ins of a process. */
export function openContract(): Promise<Contract> {
  opened ??= readContract()
  return opened
}

async function readContract(): Promise<Contract> {
  const text = readFileSync(FILE, 'utf8')
  const description: Description = JSON.parse(text)
  // A copy of its own: the validator changes it.
  const definition: Document = JSON.parse(JSON.stringify(description, withNullableChoice))
  const api = new OpenAPIBackend({
    definition,
    quick: true,
    ajvOpts: { strict: false, validateFormats: false, allErrors: true },
  })
  await api.init()
  const operations = new Map(
    Object.values(description.paths).flatMap((item) =>
      Object.values(item).map((operation) => [operation.operationId ?? '', operation.responses ?? {}] as const),
    ),
  )
  const schemaOf = (id: string, status: number): Schema | undefined => {
    const found = operations.get(id)?.[status]
    const name = found?.$ref?.split('/').at(-1) ?? ''
    const answer: Answered | undefined = found?.$ref === undefined ? found : description.components.responses?.[name]
    return answer?.content?.['application/json']?.schema
  }
  return {
    match(request) {
      const operation = api.matchOperation(request)
      if (operation?.operationId === undefined) return null
      const params = api.router.parseRequest(request, operation).params
      const texts = Object.entries(params).map(([name, value]) => [name, String(value)])
      return { id: operation.operationId, params: Object.fromEntries(texts) }
    },
    requestFaults: (request) => words(api.validateRequest(request).errors),
    whole(id, status, part) {
      const schema = schemaOf(id, status)
      return schema === undefined ? part : fill(schema, part, description)
    },
    answerFaults(id, status, answer) {
      if (status >= 400 || status === 204) return []
      if (schemaOf(id, status) === undefined) return [`GitHub never answers ${id} with ${status}`]
      return words(api.validateResponse(answer, id, status).errors)
    },
  }
}

/** ajv knows `nullable` beside a `type` only; elsewhere null becomes one of the choices. */
function withNullableChoice(_: string, node: unknown): unknown {
  if (typeof node !== 'object' || node === null || !('nullable' in node) || 'type' in node) return node
  const { nullable, ...rest } = node
  if (nullable === true) return { anyOf: [rest, { type: 'object', nullable: true, maxProperties: 0 }] }
  return rest
}

function words(errors: readonly { instancePath: string; message?: string }[] | null | undefined): string[] {
  return (errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`.trim())
}
