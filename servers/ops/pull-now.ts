import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Approver } from '../identity/approver.ts'
import { NoApprover } from './approvals-api.ts'
import { sendJson } from './web.ts'

export interface PullNowOptions {
  /** From the value of an Authorization header. Throws NoApprover. */
  authenticate(authorization: string | undefined, source: string): Promise<Approver>
  sourceOf(request: IncomingMessage): string
  /** Looks at the channel: however many ask at once, it is read once more for all of them. */
  pull(): Promise<{ state: string; revision: number | null; lastError: { code: string } | null }>
}

/** `POST /policy/pull`: a known person has the server look for a newer bundle and newer overlays at once. */
export function pullNow(
  options: PullNowOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { authenticate, sourceOf, pull } = options
  return async (request, response) => {
    if (request.method !== 'POST') {
      return sendJson(
        response,
        405,
        { error: { code: 'method_not_allowed', message: 'expected POST' } },
        { allow: 'POST' },
      )
    }
    try {
      await authenticate(request.headers.authorization, sourceOf(request))
    } catch (error) {
      if (!(error instanceof NoApprover)) throw error
      const { status, code, message } = error
      const challenge = status === 401 ? { 'www-authenticate': 'Bearer error="invalid_token"' } : {}
      return sendJson(response, status, { error: { code, message } }, challenge)
    }
    const { state, revision, lastError } = await pull()
    sendJson(response, 200, { state, revision, error: lastError?.code ?? null })
  }
}
