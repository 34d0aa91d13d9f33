import type { Row } from '../row.ts'

/** An error as Omie tells it: the meaning is in Portuguese text and a SOAP code, seldom in the HTTP status. */
export class OmieFault extends Error {
  readonly faultcode: string
  readonly status: number

  constructor(faultcode: string, faultstring: string, status = 500) {
    super(faultstring)
    this.faultcode = faultcode
    this.status = status
  }

  get body(): Row {
    return { faultstring: this.message, faultcode: this.faultcode }
  }
}

export const invalidKey = (): OmieFault =>
  new OmieFault('SOAP-ENV:Client-101', 'SOAP-ENV:Client-101: App Key inválido', 403)

export const requiredTag = (tag: string): OmieFault =>
  new OmieFault('SOAP-ENV:Client-101', `ERROR: O preenchimento da tag [${tag}] é obrigatório!`)

export const alreadyThere = (what: string, by: string, value: string | number): OmieFault =>
  new OmieFault('SOAP-ENV:Client-102', `ERROR: ${what} já cadastrado para o ${by} [${value}] !`)

/** One of the errors that come with HTTP 200 in Consultar*, with 500 elsewhere. */
export const notFound = (what: string, by: string, value: string | number, status = 500): OmieFault =>
  new OmieFault('SOAP-ENV:Client-103', `ERROR: ${what} não cadastrado para o ${by} [${value}] !`, status)

export const badValue = (tag: string): OmieFault =>
  new OmieFault('SOAP-ENV:Client-104', `ERROR: Conteúdo inválido na tag [${tag}]!`)

export const refused = (text: string): OmieFault => new OmieFault('SOAP-ENV:Client-105', `ERROR: ${text}`)

export const invalidDocument = (): OmieFault =>
  new OmieFault('SOAP-ENV:Client-206', 'ERROR: O CNPJ ou CPF informado está inválido.')

export const unknownTag = (tag: string, type: string): OmieFault =>
  new OmieFault(
    'SOAP-ENV:Client-5001',
    `ERROR: Tag [${tag.toUpperCase()}] não faz parte da estrutura do tipo complexo [${type}]!`,
  )

export const emptyPage = (page: number): OmieFault =>
  new OmieFault('SOAP-ENV:Client-5113', `ERROR: Não existem registros para a página [${page}]!`)

export const redundant = (seconds: number): OmieFault =>
  new OmieFault(
    'SOAP-ENV:Client-6',
    `ERROR: Consumo redundante detectado. Aguarde ${seconds} segundos para tentar novamente (REDUNDANT).`,
  )

export const methodLocked = (): OmieFault =>
  new OmieFault('SOAP-ENV:Client-1880', 'ERROR: Já existe uma requisição desse método sendo executada.')

export const misuse = (seconds: number): OmieFault =>
  new OmieFault(
    'MISUSE_API_PROCESS',
    `ERROR: API bloqueada por consumo indevido. Tente novamente em ${seconds} segundos.`,
    425,
  )

export const tooMany = (): OmieFault => new OmieFault('429', 'Too many Requests', 429)

export const badRequest = (): OmieFault => new OmieFault('SOAP-ENV:Server', 'ERROR: Bad Request')

export const unknownMethod = (call: string): OmieFault =>
  new OmieFault('SOAP-ENV:Server', `ERROR: Method [${call}] not exists`)
