import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Approver } from '../identity/approver.ts'
import { isKnownHost, sendJson } from './web.ts'

/** An approver who could not be recognised. */
export class NoApprover extends Error {
  readonly code: string
  /** 429 while a lock-out holds. */
  readonly status: number

  constructor(code: string, message: string, status = 401) {
    super(message)
    this.name = 'NoApprover'
    this.code = code
    this.status = status
  }
}

/** Who is let in where persons act through the operations listener. */
export interface ApproverDoor {
  /** From the value of an Authorization header. Throws NoApprover. */
  authenticate(authorization: string | undefined, source: string): Promise<Approver>
  /** Where a request comes from, behind trusted proxies too. */
  sourceOf(request: IncomingMessage): string
  /** Where browsers reach this listener. */
  origin(): string
}

export type ApproverRoute = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** A token of its own kind on every request; whoever is not recognised is answered here. */
export function approverRoute(
  { authenticate, sourceOf, origin }: ApproverDoor,
  answer: (request: IncomingMessage, response: ServerResponse, url: URL, approver: Approver) => Promise<void>,
): ApproverRoute {
  return async (request, response) => {
    if (!isKnownHost(request, origin()))
      return sendError(response, 403, 'unknown_host', 'expected a Host of this server')
    const approver = await authenticate(request.headers.authorization, sourceOf(request)).catch((error: unknown) => {
      if (error instanceof NoApprover) return error
      throw error
    })
    if (!(approver instanceof NoApprover)) {
      return answer(request, response, new URL(request.url ?? '/', origin()), approver)
    }
    const { status, code, message } = approver
    const challenge = status === 401 ? { 'www-authenticate': 'Bearer error="invalid_token"' } : {}
    sendError(response, status, code, message, challenge)
  }
}

export function sendError(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): void {
  sendJson(response, status, { error: { code, message } }, headers)
}
