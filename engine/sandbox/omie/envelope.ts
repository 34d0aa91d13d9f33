import { isRow, type Row } from '../row.ts'
import { badRequest } from './fault.ts'

/** What every call to Omie carries: the credential travels in the body. */
export interface Envelope {
  call: string
  appKey: string
  appSecret: string
  /** The one element of `param`. */
  param: Row
}

export function parseEnvelope(body: Buffer): Envelope {
  const read = parsed(body)
  if (!isRow(read)) throw badRequest()
  const { call, app_key, app_secret, param } = read
  if (typeof call !== 'string' || typeof app_key !== 'string' || typeof app_secret !== 'string') throw badRequest()
  if (!Array.isArray(param) || param.length !== 1 || !isRow(param[0])) throw badRequest()
  return { call, appKey: app_key, appSecret: app_secret, param: param[0] }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw badRequest()
  }
}
