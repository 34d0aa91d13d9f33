import type { Caller } from '../../engine/contract/decision-input.ts'
import type { Overlay } from '../../engine/contract/overlay.ts'

export interface OverlayTaking {
  at_ms: number
  overlay: Overlay
  /** 0: made here, by a person. */
  sequence: number
  /** Of the signed token; of one made here, its id. */
  digest: string
  /** Who made it here; null: the channel brought it. */
  who: Caller | null
}

/** taken: new. known: it stands already. replayed: an older one, or another of the same sequence. */
export type OverlayTaken = { kind: 'taken'; entry: string } | { kind: 'known' } | { kind: 'replayed' }

/** One that runs, or would if it had not been ended. */
export interface KeptOverlay {
  overlay: Overlay
  digest: string
  ended: boolean
  /** Persons who want it ended before its time. */
  asked: string[]
}

export interface OverlayEnding {
  at_ms: number
  id: string
  /** Who wants it ended; null: the bundle of this revision names it. */
  who: Caller | null
  revision: number | null
}

export type OverlayEnded =
  | { kind: 'ended'; entry: string }
  /** One more person has to agree. */
  | { kind: 'asked'; entry: string }
  | { kind: 'refused'; code: 'overlay_unknown' | 'overlay_twice' }

/** Whose consent counts no more. */
export interface ConsentDropping {
  at_ms: number
  persons: string[]
  /** Roles in which nobody consents now. */
  roles: string[]
  reason: string
}
