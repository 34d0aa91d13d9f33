import type { ChannelSource } from '../../engine/channel/source.ts'
import type { Caller } from '../../engine/contract/decision-input.ts'
import { type Overlay, stopsPerson } from '../../engine/contract/overlay.ts'
import { OverlayError } from '../../engine/contract/overlay-error.ts'
import type { SignedOverlay } from '../../engine/contract/overlay-verify.ts'
import type { Approver } from '../identity/approver.ts'
import { oneAtATime } from '../policy/one-at-a-time.ts'
import { followOverlays, type OverlayFailure } from '../policy/overlay-channel.ts'
import type { Stop, StopsNow } from '../request/stopped.ts'
import type { KeptOverlay, OverlayEnded, OverlayTaken } from '../state/overlay-words.ts'
import type { State } from '../state/state.ts'
import type { InForce } from './in-force.ts'
import type { LiveTrust } from './live-trust.ts'
import type { Log } from './log.ts'

export interface StopsOptions {
  erp: string
  channel: ChannelSource
  /** Between two looks at its overlays, in milliseconds. */
  pollMs: number
  trust: LiveTrust
  state: Pick<State, 'overlays'>
  policy: InForce
  /** Looks at what is in force, at every turn. */
  onTurn(overlays: readonly Overlay[]): void
  onRefused(code: string): void
  log: Log
  now(): number
}

/** Emergency narrowings of one server: those of the channel, and those that persons made at any replica. */
export interface Stops {
  /** In force now. */
  now: StopsNow
  /** In force now, with who wants it ended. */
  list(): KeptOverlay[]
  /** Whoever may still approve, with the roles that still count; null: nothing of this person counts. */
  approver(approver: Approver): Approver | null
  make(overlay: Overlay, who: Caller): Promise<OverlayTaken>
  end(id: string, who: Caller): Promise<OverlayEnded>
  /** Why the newest of the channel are not in force; null: they are. */
  lastError(): OverlayFailure | null
  onChange(listener: () => void): void
  /** Looks at the channel now. */
  reload(): Promise<void>
  stop(): Promise<void>
}

/** Between two looks at what other replicas know, in milliseconds. */
const TURN_MS = 1_000

/** Throws LedgerError where what was kept cannot be read: what is stopped is not known then. */
export async function startStops(options: StopsOptions): Promise<Stops> {
  const { trust, policy, log, now, onTurn } = options
  const { overlays } = options.state
  const listeners: (() => void)[] = []
  /** In force already, and not read back yet: by digest. */
  const fresh = new Map<string, Overlay>()
  let kept = await overlays.list()
  let told = ''
  let dropped = ''

  const list = (): KeptOverlay[] => {
    const waiting = [...fresh].map(([digest, overlay]) => ({ overlay, digest, ended: false, asked: [] }))
    return [...kept, ...waiting].filter(({ ended, overlay }) => !ended && overlay.until_ms > now())
  }
  const tell = (): void => {
    const standing = JSON.stringify(list().map(({ overlay }) => overlay.id))
    if (standing === told) return
    told = standing
    for (const listener of listeners) listener()
  }
  const turn = oneAtATime(async () => {
    try {
      kept = await overlays.list()
      for (const { digest } of kept) fresh.delete(digest)
      const active = policy.current()
      const named = active?.config.security.ended_overlays ?? []
      const ending = kept.filter(({ ended, overlay }) => !ended && named.includes(overlay.id))
      for (const { overlay } of ending) await endedBy(overlay.id, active?.revision ?? 0)
      if (ending.length > 0) kept = await overlays.list()
      tell()
      await dropConsents()
    } catch (error) {
      log.warn('overlay.unread', { message: error instanceof Error ? error.message : 'unknown' })
      tell()
    }
    onTurn(list().map(({ overlay }) => overlay))
  })
  const endedBy = async (id: string, revision: number): Promise<void> => {
    await overlays.endedBy(id, revision)
    log.warn('overlay.ended', { overlay: id, revision })
  }
  // What a stopped person consented to before is void for good, and not only while the stop lasts.
  const dropConsents = async (): Promise<void> => {
    if (dropped === told) return
    const all = list().map(({ overlay }) => overlay)
    const persons = all.flatMap(({ stops }) => [...stops.persons, ...stops.callers])
    const roles = all.flatMap(({ stops }) => stops.roles)
    if (persons.length + roles.length > 0) {
      const reason = 'whoever had agreed is stopped'
      for (const id of await overlays.dropConsents({ persons, roles, reason }))
        log.info('approval.consent_void', { approval: id })
    }
    dropped = told
  }
  const take = async (signed: SignedOverlay): Promise<void> => {
    const { overlay, digest } = signed
    const taken = await overlays.take(signed).catch((cause: unknown) => {
      fresh.set(digest, overlay)
      tell()
      throw new OverlayError('OVERLAY_UNRECORDED', `overlay ${overlay.id} is in force and not written down`, { cause })
    })
    if (taken.kind === 'replayed') {
      fresh.delete(digest)
      throw new OverlayError('OVERLAY_REPLAYED', `expected a sequence above all before, got ${signed.sequence}`)
    }
    if (taken.kind === 'taken') came(digest, overlay)
    await turn()
  }
  const came = (digest: string, overlay: Overlay): void => {
    const { id, by, until_ms } = overlay
    fresh.set(digest, overlay)
    log.warn('overlay.taken', { overlay: id, by, until: new Date(until_ms).toISOString() })
    tell()
  }

  await turn()
  const channel = await followOverlays({
    ...options,
    trust: trust.current,
    isKnown: (digest) => kept.some((one) => one.digest === digest),
    take,
  })
  trust.onChange(() => void channel.reload())
  policy.onChange(() => void turn())
  const timer = setInterval(() => void turn(), TURN_MS)
  return {
    now: () => list().map(({ overlay }): Stop => ({ ...overlay, code: 'revoked' })),
    list,
    approver(approver) {
      const { person, roles } = approver
      const standing = list().map(({ overlay }) => overlay)
      const forGood = policy.current()?.config.rbac.revoked
      if (standing.some((one) => stopsPerson(one, person)) || forGood?.persons.includes(person) === true) return null
      const gone = [...standing.flatMap(({ stops }) => stops.roles), ...(forGood?.roles ?? [])]
      return { ...approver, roles: roles.filter((role) => !gone.includes(role)) }
    },
    async make(overlay, who) {
      const taken = await overlays.make(overlay, who)
      if (taken.kind === 'taken') came(overlay.id, overlay)
      await turn()
      return taken
    },
    async end(id, who) {
      const ended = await overlays.end(id, who)
      if (ended.kind !== 'refused')
        log.warn(`overlay.${ended.kind === 'ended' ? 'ended' : 'end_asked'}`, { overlay: id })
      await turn()
      return ended
    },
    lastError: channel.lastError,
    onChange: (listener) => void listeners.push(listener),
    reload: channel.reload,
    async stop() {
      clearInterval(timer)
      await channel.stop()
      await turn.idle()
    },
  }
}
