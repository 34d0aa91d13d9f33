/** An error as Bling tells it: `{error: {type, message, description, fields?}}` (ErrorResponse of its OpenAPI description). */
export class BlingFault extends Error {
  readonly status: number
  readonly body: unknown

  constructor(status: number, type: string, message: string, description: string, more: Record<string, unknown> = {}) {
    super(description)
    this.status = status
    this.body = { error: { type, message, description, ...more } }
  }
}

/** What is wrong with one field. The codes of the real one are not documented. */
export interface FieldFault {
  element: string
  msg: string
}

export const invalid = (subject: string, fields: readonly FieldFault[]): BlingFault =>
  new BlingFault(
    400,
    'VALIDATION_ERROR',
    `Não foi possível salvar ${subject}`,
    `${subject} não pode ser salva, pois ocorreram problemas em sua validação.`,
    { fields: fields.map(({ element, msg }) => ({ code: 49, msg, element, namespace: subject.toUpperCase() })) },
  )

/** A filter that cannot be: also a period of more than a year. */
export const badFilter = (description: string): BlingFault =>
  new BlingFault(400, 'VALIDATION_ERROR', 'Filtro inválido', description)

export const emptyBody = (): BlingFault =>
  new BlingFault(400, 'EMPTY_REQUEST_BODY', 'Requisição inválida', 'O corpo da requisição está vazio.')

export const unreadableBody = (): BlingFault =>
  new BlingFault(400, 'INVALID_REQUEST_BODY', 'Requisição inválida', 'O corpo da requisição não é um JSON válido.')

export const missing = (): BlingFault =>
  new BlingFault(404, 'RESOURCE_NOT_FOUND', 'Recurso não encontrado', 'O recurso requisitado não foi encontrado.')

export const wrongMethod = (): BlingFault =>
  new BlingFault(405, 'METHOD_NOT_ALLOWED', 'Método não permitido', 'O método não é permitido para este recurso.')

export const unknownToken = (): BlingFault =>
  new BlingFault(401, 'invalid_token', 'invalid_token', 'The access token provided is invalid')

export const expiredToken = (): BlingFault =>
  new BlingFault(401, 'invalid_token', 'invalid_token', 'The access token provided has expired')

export const lacksScope = (): BlingFault =>
  new BlingFault(
    403,
    'insufficient_scope',
    'insufficient_scope',
    'The request requires higher privileges than provided by the access token',
  )

export const tooMany = (limit: number, period: 'second' | 'day'): BlingFault =>
  new BlingFault(
    429,
    'TOO_MANY_REQUESTS',
    'Limite de requisições atingido.',
    period === 'second'
      ? 'O limite de requisições por segundo foi atingido, tente novamente mais tarde.'
      : 'O limite de requisições por dia foi atingido, tente novamente amanhã.',
    { limit, period },
  )
