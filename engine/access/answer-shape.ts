// JSON Schema of what a server answers.

export const TEXT: object = { type: 'string' }
export const MAYBE: object = { type: ['string', 'null'] }

/** These keys; a newer server may say more. */
export function having(properties: Record<string, object>): object {
  return { type: 'object', properties, required: Object.keys(properties) }
}

export function listOf(items: object): object {
  return { type: 'array', items }
}
