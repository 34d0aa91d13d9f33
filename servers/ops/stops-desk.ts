import { randomBytes } from 'node:crypto'
import type { Caller } from '../../engine/contract/decision-input.ts'
import { maskText } from '../../engine/contract/mask.ts'
import { MAX_OVERLAY_MS, type Overlay, type Stops, stopsOf } from '../../engine/contract/overlay.ts'
import { OverlayError } from '../../engine/contract/overlay-error.ts'
import { MAX_REASON, readOverlayPayload } from '../../engine/contract/overlay-payload.ts'
import type { Approver } from '../identity/approver.ts'
import type { ActivePolicy } from '../policy/status.ts'
import type { KeptOverlay, OverlayEnded, OverlayTaken } from '../state/overlay-words.ts'
import { reasonOf } from './reason.ts'

export const STOP_KINDS = ['caller', 'person', 'tool', 'role', 'effect', 'company', 'all'] as const
export type StopKind = (typeof STOP_KINDS)[number]

export interface StopAsked {
  kind: string
  name: string
  /** From 1 to 168. */
  hours: number
  reason: string
}

export type StopEndRefusal = Extract<OverlayEnded, { kind: 'refused' }>['code'] | 'overlay_elsewhere'
export type StopEnded = Exclude<OverlayEnded, { kind: 'refused' }> | { kind: 'refused'; code: StopEndRefusal }

/** Where a signed-in administrator stops something. No key is held here for it: to narrow, a known person is enough. */
export interface StopsDesk {
  maySee(approver: Approver): boolean
  list(): KeptOverlay[]
  /** Null when what was asked for makes no sense. */
  make(approver: Approver, asked: StopAsked): Promise<Overlay | null>
  /** It takes two persons, and each has to answer for every company that it holds for. */
  end(approver: Approver, id: string): Promise<StopEnded>
}

export interface StopsDeskOptions {
  erp: string
  stops: {
    list(): KeptOverlay[]
    make(overlay: Overlay, who: Caller): Promise<OverlayTaken>
    end(id: string, who: Caller): Promise<OverlayEnded>
  }
  current(): ActivePolicy | null
  /** CNPJs whose credentials are held here. */
  companies(): readonly string[]
  now(): number
}

export function stopsDesk({ erp, stops, current, companies, now }: StopsDeskOptions): StopsDesk {
  const whoOf = ({ person, roles, token_age_s }: Approver): Caller => {
    return { id: person, person, kind: 'human', roles, company: null, token_age_s }
  }
  /** Whoever answers for some companies stops what is done for those. */
  const withinOf = ({ companies: bound }: Approver): string[] | null => {
    const held = companies()
    return bound.length === 0 ? (held.length > 1 ? [] : null) : held.every((one) => bound.includes(one)) ? null : bound
  }
  const maySee = ({ roles }: Approver): boolean => {
    const granted = current()?.config.rbac.roles ?? {}
    return roles.some((role) => granted[role]?.includes('admin') === true)
  }
  return {
    maySee,
    list: stops.list,
    async make(approver, { kind, name, hours, reason: words }) {
      const some = stopsFor(kind, name.trim())
      const typed = reasonOf(words)
      // Whoever is refused gets it: what it says of a person stays out of it.
      const reason = typed === null ? null : maskText(typed, MAX_REASON)
      const lastsMs = hours * 3_600_000
      const within = withinOf(approver)
      if (!maySee(approver) || some === null || reason === null || !(lastsMs > 0 && lastsMs <= MAX_OVERLAY_MS))
        return null
      if (within?.length === 0) return null
      const [from_ms, until_ms] = [now(), now() + lastsMs]
      const [from, until] = [new Date(from_ms).toISOString(), new Date(until_ms).toISOString()]
      try {
        readOverlayPayload({ erp, sequence: 1, stops: some, from, until, reason })
      } catch (error) {
        if (error instanceof OverlayError) return null
        throw error
      }
      const id = `c-${randomBytes(4).toString('hex')}`
      const overlay: Overlay = { id, stops: stopsOf(some), within, from_ms, until_ms, reason, by: approver.person }
      await stops.make(overlay, whoOf(approver))
      return overlay
    },
    async end(approver, id) {
      const ending = stops.list().find(({ overlay }) => overlay.id === id)
      if (!maySee(approver) || ending === undefined) return { kind: 'refused', code: 'overlay_unknown' }
      const [mine, its] = [withinOf(approver), ending.overlay.within]
      const elsewhere = mine !== null && (its === null || its.some((one) => !mine.includes(one)))
      if (elsewhere) return { kind: 'refused', code: 'overlay_elsewhere' }
      return stops.end(id, whoOf(approver))
    },
  }
}

function stopsFor(kind: string, name: string): object | null {
  const lists: Readonly<Record<string, keyof Stops>> = {
    caller: 'callers',
    person: 'persons',
    tool: 'tools',
    role: 'roles',
    effect: 'effects',
    company: 'companies',
  }
  if (kind === 'all') return { all: true }
  const list = Object.hasOwn(lists, kind) ? lists[kind] : undefined
  return list === undefined ? null : { [list]: [name] }
}
