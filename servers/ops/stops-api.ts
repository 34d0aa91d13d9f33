import { shownName } from '../../engine/contract/personal/shown-name.ts'
import type { StopTold } from '../../engine/contract/stop-told.ts'
import type { KeptOverlay } from '../state/overlay-words.ts'
import { type ApproverDoor, type ApproverRoute, approverRoute, sendError } from './approver-route.ts'
import type { StopEndRefusal, StopsDesk } from './stops-desk.ts'
import { sendJson } from './web.ts'

export interface StopsApiOptions extends ApproverDoor {
  stops: StopsDesk
}

const REFUSED: Readonly<Record<StopEndRefusal, { status: number; message: string }>> = {
  overlay_unknown: { status: 404, message: 'no stop of this name is in force' },
  overlay_twice: { status: 409, message: 'you have asked for its end already: it takes another person' },
  overlay_elsewhere: { status: 403, message: 'this stop holds for more companies than you answer for' },
}

/** `/stops`: what `alcada stops` speaks to. Ending one takes two persons, as on the console. */
export function stopsApi(options: StopsApiOptions): ApproverRoute {
  const { stops } = options
  return approverRoute(options, async (request, response, url, approver) => {
    if (!stops.maySee(approver)) {
      return sendError(response, 403, 'not_admin', 'expected a person with a role that grants `admin`')
    }
    const [, , id, verb] = url.pathname.split('/')
    if (request.method === 'GET' && id === undefined) {
      return sendJson(response, 200, { stops: stops.list().map(told) })
    }
    if (request.method === 'POST' && id !== undefined && verb === 'end') {
      const ended = await stops.end(approver, decodeURIComponent(id))
      if (ended.kind !== 'refused') return sendJson(response, 200, { state: ended.kind, entry: ended.entry })
      const { status, message } = REFUSED[ended.code]
      return sendError(response, status, ended.code, message)
    }
    sendError(response, 404, 'not_found', 'no such path')
  })
}

function told({ overlay, asked }: KeptOverlay): StopTold {
  const { id, stops, within, from_ms, until_ms, reason, by } = overlay
  const [from, until] = [new Date(from_ms).toISOString(), new Date(until_ms).toISOString()]
  const named = { ...stops, callers: stops.callers.map(shownName), persons: stops.persons.map(shownName) }
  const end_asked_by = asked.map(shownName)
  return { id, stops: named, companies: within, from, until, reason, by: shownName(by), end_asked_by }
}
