import { type ApproverDoor, type ApproverRoute, approverRoute, sendError } from './approver-route.ts'
import { sendJson } from './web.ts'

export interface PullNowOptions extends ApproverDoor {
  /** Looks at the channel: however many ask at once, it is read once more for all of them. */
  pull(): Promise<{ state: string; revision: number | null; lastError: { code: string } | null }>
}

/** `POST /policy/pull`: a known person has the server look for a newer bundle and newer overlays at once. */
export function pullNow(options: PullNowOptions): ApproverRoute {
  return approverRoute(options, async (request, response) => {
    if (request.method !== 'POST') {
      return sendError(response, 405, 'method_not_allowed', 'expected POST', { allow: 'POST' })
    }
    const { state, revision, lastError } = await options.pull()
    sendJson(response, 200, { state, revision, error: lastError?.code ?? null })
  })
}
