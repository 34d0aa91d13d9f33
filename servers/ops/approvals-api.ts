import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ApprovalRefusal } from '../../engine/contract/approval.ts'
import { ApprovalError } from '../../engine/contract/approval-error.ts'
import type { ApprovalTold } from '../../engine/contract/approval-told.ts'
import { shownName } from '../../engine/contract/personal/shown-name.ts'
import { parseStrictJson, StrictJsonError } from '../../engine/contract/strict-json.ts'
import type { Approver } from '../identity/approver.ts'
import type { ApprovalDesk, ApprovalListed } from '../request/approval-desk.ts'
import type { Language } from './approval-dictionary.ts'
import { callInWords, titleOf } from './approval-words.ts'
import { type ApproverDoor, type ApproverRoute, approverRoute, sendError } from './approver-route.ts'
import { LOGIN_S, type Sessions } from './console/session.ts'
import { reasonOf } from './reason.ts'
import { bodyOf, sendJson } from './web.ts'

export interface ApprovalsApiOptions extends ApproverDoor {
  desk: ApprovalDesk
  sessions: Sessions
  now(): number
}

const STATUS: Readonly<Record<ApprovalRefusal, number>> = {
  approval_unknown: 404,
  approval_expired: 409,
  approval_ended: 409,
  approval_twice: 409,
  approval_own: 403,
  approval_role: 403,
}

/** `/approvals`: what `alcada approvals` speaks to. A token of its own kind, on every request. */
export function approvalsApi(options: ApprovalsApiOptions): ApproverRoute {
  const { desk, sessions, origin, now } = options

  return approverRoute(options, (request, response, url, approver) =>
    answer(request, response, url, approver).catch((error: unknown) => {
      if (!(error instanceof ApprovalError)) throw error
      sendError(response, STATUS[error.code], error.code, error.message)
    }),
  )

  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    approver: Approver,
  ): Promise<void> {
    const [, , id, verb] = url.pathname.split('/')
    const language: Language = url.searchParams.get('lang') === 'pt' ? 'pt' : 'en'
    if (request.method === 'GET' && verb === undefined) {
      if (id === undefined || id === '') {
        const listed = await desk.list(approver)
        return sendJson(response, 200, { approvals: listed.map((one) => told(one, language)) })
      }
      const view = await desk.view(approver, id)
      return sendJson(response, 200, { approval: told(view, language), call: callInWords(view, language) })
    }
    if (request.method === 'POST' && id === 'login' && verb === undefined) {
      const link = new URL('/console/login', origin())
      link.searchParams.set('code', await sessions.loginCode(approver))
      const expires = new Date(now() + LOGIN_S * 1_000).toISOString()
      return sendJson(response, 201, { url: link.href, expires })
    }
    if (request.method === 'POST' && id !== undefined && (verb === 'approve' || verb === 'reject')) {
      const reason = verb === 'approve' ? '' : await reasonIn(request)
      if (reason === null) {
        return sendError(response, 422, 'reason_missing', 'expected a JSON body with a `reason` of 3 to 500 characters')
      }
      const verdict = verb === 'approve' ? ({ kind: 'approve' } as const) : ({ kind: 'reject', reason } as const)
      const decided = await desk.decide(approver, id, verdict)
      return sendJson(response, 200, {
        approval: told({ request: decided.request, refusal: null }, language),
        entry: decided.entry,
      })
    }
    sendError(response, 404, 'not_found', 'no such path')
  }
}

/** One request as JSON. */
function told(listed: ApprovalListed, language: Language): ApprovalTold {
  const { request, refusal } = listed
  const { id, state, tool, caller, company, facts, count, roles, given, created_ms, expires_ms, reason, entry } =
    request
  return {
    id,
    state,
    title: titleOf(listed, language),
    tool,
    caller: { id: shownName(caller.id), person: shownName(caller.person) },
    company,
    ...facts,
    count,
    roles,
    given: given.map(({ person, at_ms }) => ({ person: shownName(person), at: new Date(at_ms).toISOString() })),
    created: new Date(created_ms).toISOString(),
    expires: new Date(expires_ms).toISOString(),
    reason,
    entry,
    refusal,
  }
}

async function reasonIn(request: IncomingMessage): Promise<string | null> {
  const bytes = await bodyOf(request)
  if (bytes === null) return null
  try {
    const body = parseStrictJson(bytes, { maxDepth: 2, maxBytes: 65_536 })
    if (typeof body !== 'object' || body === null || !('reason' in body)) return null
    return typeof body.reason === 'string' ? reasonOf(body.reason) : null
  } catch (error) {
    if (error instanceof StrictJsonError) return null
    throw error
  }
}
