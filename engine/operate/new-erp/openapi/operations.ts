import { type Description, isPart, type Part, partsOf } from './document.ts'

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
export type Method = (typeof METHODS)[number]

export interface Parameter {
  name: string
  in: string
  required: boolean
  schema: Part
}

/** One operation of a description. */
export interface Operation {
  method: Method
  /** As in `paths`. */
  path: string
  summary: string
  parameters: Parameter[]
  /** Schema of the JSON that is sent; null where none is. */
  body: Part | null
  /** Schema of the JSON that a call that went well is answered with; null where there is none. */
  answer: Part | null
  /** An example of that answer. */
  example: unknown
}

/** Every operation, in the order of the description. */
export function operationsOf(description: Description): Operation[] {
  const { paths } = description.root
  if (!isPart(paths)) return []
  return Object.entries(paths).flatMap(([path, value]) => {
    const item = description.follow(value)
    return METHODS.flatMap((method) => {
      const operation = item[method.toLowerCase()]
      return isPart(operation) ? [operationOf(description, method, path, item, operation)] : []
    })
  })
}

function operationOf(description: Description, method: Method, path: string, item: Part, operation: Part): Operation {
  const good = answerOf(description, operation)
  return {
    method,
    path,
    summary: textOf(operation['summary']) || textOf(operation['operationId']),
    parameters: parametersOf(description, [...partsOf(item['parameters']), ...partsOf(operation['parameters'])]),
    body: jsonOf(description, description.follow(operation['requestBody']))?.schema ?? null,
    answer: good?.schema ?? null,
    example: good?.example,
  }
}

function parametersOf(description: Description, written: readonly unknown[]): Parameter[] {
  const found = new Map<string, Parameter>()
  for (const each of written) {
    const part = description.follow(each)
    const { name, in: where } = part
    if (typeof name !== 'string' || typeof where !== 'string') continue
    const schema = description.follow(part['schema'])
    // One of the operation takes the place of one of its path.
    found.set(`${where} ${name}`, { name, in: where, required: part['required'] === true, schema })
  }
  return [...found.values()]
}

function answerOf(description: Description, operation: Part): { schema: Part; example: unknown } | null {
  const { responses } = operation
  if (!isPart(responses)) return null
  const code = Object.keys(responses).find((each) => /^2/.test(each)) ?? 'default'
  return jsonOf(description, description.follow(responses[code]))
}

function jsonOf(description: Description, holder: Part): { schema: Part; example: unknown } | null {
  const { content } = holder
  if (!isPart(content)) return null
  const type = Object.keys(content).find((each) => /\bjson\b/.test(each))
  const media = type === undefined ? undefined : content[type]
  if (!isPart(media)) return null
  const several = isPart(media['examples']) ? Object.values(media['examples'])[0] : undefined
  const example = media['example'] ?? description.follow(several)['value']
  return { schema: description.follow(media['schema']), example }
}

/** On one line, and no longer than a comment should be. */
function textOf(value: unknown): string {
  return typeof value === 'string'
    ? value
        .replace(/[^\p{L}\p{N}\p{P}\p{S} ]+/gu, ' ')
        .trim()
        .slice(0, 100)
    : ''
}
