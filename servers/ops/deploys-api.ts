import { type DeployEvent, isDeployEvent } from '../../engine/contract/deploy-event.ts'
import { parseStrictJson, StrictJsonError } from '../../engine/contract/strict-json.ts'
import type { Approver } from '../identity/approver.ts'
import type { ApproverDoor, ApproverRoute } from './approver-route.ts'
import { approverRoute, sendError } from './approver-route.ts'
import { bodyOf, sendJson } from './web.ts'

export interface DeploysApiOptions extends ApproverDoor {
  erp: string
  /** Whether a role of this person grants `admin`. */
  mayDeploy(approver: Approver): boolean
  /** Writes the entry of the ledger. @returns its name */
  record(approver: Approver, event: DeployEvent): Promise<string>
}

/** `POST /deploys`: what `alcada deploy` tells the server that serves now, as the person whose token it has. */
export function deploysApi(options: DeploysApiOptions): ApproverRoute {
  const { erp, mayDeploy, record } = options
  return approverRoute(options, async (request, response, _url, approver) => {
    if (request.method !== 'POST') {
      return sendError(response, 405, 'method_not_allowed', 'expected POST', { allow: 'POST' })
    }
    if (!mayDeploy(approver)) {
      return sendError(response, 403, 'not_admin', 'expected a person with a role that grants `admin`')
    }
    const event = eventIn(await bodyOf(request))
    if (event?.erp !== erp) {
      return sendError(response, 422, 'deploy_malformed', `expected what became of a deploy of \`${erp}\``)
    }
    sendJson(response, 201, { entry: await record(approver, event) })
  })
}

function eventIn(bytes: Uint8Array | null): DeployEvent | null {
  try {
    const event = bytes === null ? null : parseStrictJson(bytes, { maxDepth: 2, maxBytes: 65_536 })
    return isDeployEvent(event) ? event : null
  } catch (error) {
    if (error instanceof StrictJsonError) return null
    throw error
  }
}
