/** An error as Nibo tells it: 500 for most, told apart by `error` in the body; a few are not even JSON. */
export class NiboFault extends Error {
  readonly status: number
  readonly body: unknown

  constructor(status: number, body: unknown) {
    super(typeof body === 'string' ? body : JSON.stringify(body))
    this.status = status
    this.body = body
  }
}

/** The request is wrong; repeating it never helps. */
export const invalid = (text: string): NiboFault =>
  new NiboFault(500, { error: 'validation_error', error_description: text })

export const broken = (): NiboFault =>
  new NiboFault(500, {
    error: 'internal_server_error',
    error_description: 'O Nibo se comportou de forma inesperada.',
  })

export const denied = (): NiboFault =>
  new NiboFault(401, { Message: 'Authorization has been denied for this request.' })

export const missing = (path: string): NiboFault =>
  new NiboFault(404, { statusCode: 404, message: `Resource not found: ${path}` })

export const tooMany = (limit: number): NiboFault =>
  new NiboFault(429, `API calls quota exceeded! maximum admitted ${limit} per Second.`)
