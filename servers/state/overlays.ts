import type { Caller } from '../../engine/contract/decision-input.ts'
import type { Overlay } from '../../engine/contract/overlay.ts'
import type { KeptOverlay, OverlayEnded, OverlayTaken } from './overlay-words.ts'
import type { Store } from './store.ts'

/** Emergency narrowings across restarts and replicas. Everything throws LedgerError when the state cannot be used. */
export interface Overlays {
  /** All whose time is not over, ended or not. */
  list(): Promise<KeptOverlay[]>
  /** One that the channel brings; `digest` is its token's. */
  take(signed: { overlay: Overlay; sequence: number; digest: string }): Promise<OverlayTaken>
  /** One that a person makes here. */
  make(overlay: Overlay, who: Caller): Promise<OverlayTaken>
  /** A person's word that one is to end before its time: it takes two. */
  end(id: string, who: Caller): Promise<OverlayEnded>
  /** A bundle in force names it. */
  endedBy(id: string, revision: number): Promise<OverlayEnded>
  /** Takes back what these persons, and holders of these roles, have consented to; says to which requests. */
  dropConsents(whose: { persons: string[]; roles: string[]; reason: string }): Promise<string[]>
}

export function overlaysOver(store: Pick<Store, 'ask'>, now: () => number): Overlays {
  return {
    list: () => store.ask('keptOverlays', { at_ms: now() }),
    take: (signed) => store.ask('takeOverlay', { at_ms: now(), ...signed, who: null }),
    make: (overlay, who) => store.ask('takeOverlay', { at_ms: now(), overlay, sequence: 0, digest: overlay.id, who }),
    end: (id, who) => store.ask('endOverlay', { at_ms: now(), id, who, revision: null }),
    endedBy: (id, revision) => store.ask('endOverlay', { at_ms: now(), id, who: null, revision }),
    dropConsents: (whose) => store.ask('dropConsents', { at_ms: now(), ...whose }),
  }
}
