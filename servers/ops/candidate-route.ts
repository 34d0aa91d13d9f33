import type { CandidateStatus } from '../../engine/contract/candidate-status.ts'
import type { Impact } from '../../engine/contract/impact.ts'
import { type ApproverDoor, type ApproverRoute, approverRoute, sendError } from './approver-route.ts'
import { sendJson } from './web.ts'

/** What `GET /policy/candidate` answers: the keys of `alcada impact`, and how it stands with the candidate. */
export interface CandidateTold extends Impact {
  candidate: CandidateStatus
  /** Revision in force; null while everything is denied. */
  active: number | null
}

export interface CandidateRouteOptions extends ApproverDoor {
  told(): CandidateTold
}

/** `GET /policy/candidate`: a known person sees what the candidate would have decided otherwise. Counts, no values. */
export function candidateRoute(options: CandidateRouteOptions): ApproverRoute {
  return approverRoute(options, async (request, response) => {
    if (request.method !== 'GET') {
      return sendError(response, 405, 'method_not_allowed', 'expected GET', { allow: 'GET' })
    }
    sendJson(response, 200, options.told())
  })
}
