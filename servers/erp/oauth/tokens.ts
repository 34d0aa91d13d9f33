import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { CredentialKey } from '../../../engine/contract/credential-key.ts'
import type { OAuth2Auth } from '../../../engine/contract/erp.ts'
import type { GrantPlace, GrantTaken, SharedGrants } from '../../../engine/contract/erp-grant.ts'
import { type GrantTokens, openGrant, sealGrant } from '../../../engine/contract/grant-seal.ts'
import { ErpFailure, notSent } from '../outcome.ts'
import { headerText } from '../request.ts'
import type { SessionHeader, Sessions } from '../session.ts'
import { askedOfState, GrantEnded, noToken, refusedAgain, UNOPENED } from './no-token.ts'
import { firstAsk } from './origin.ts'
import { type TokenAsk, type TokenGiven, TokenRefused } from './token-request.ts'
import { openUnkept } from './unkept.ts'

/** What became of a company's grant, for the ledger. */
export interface GrantHeard {
  what: 'grant_renewed' | 'grant_failed' | 'grant_ended'
  company: string
  code: string
}

export interface TokensOptions {
  erp: string
  auth: OAuth2Auth
  grants: SharedGrants
  now: () => number
  credential: (company: string, name: string) => string
  /** The keys of the credentials' store; none where that is not sealed. */
  keys: () => readonly CredentialKey[]
  /** Longest that the ERP may take to give a token, in milliseconds. */
  timeoutMs: number
  /** Sends it. Throws ErpFailure. */
  request: (ask: TokenAsk) => Promise<TokenGiven>
  /** Hears what has to be hidden. */
  learn: (secrets: readonly string[]) => void
  /** Rejects when it cannot be written down. */
  heard: (grant: GrantHeard) => Promise<void>
}

/** A token as this process uses it. */
interface Held extends SessionHeader {
  secrets: readonly string[]
  version: number
  renewAt: number
}

/** One attempt to get a token: of one process too, only one at a time renews. */
type Turn = GrantPlace & { holder: string }

/** Clocks and the way there differ: a token is renewed a minute, or a tenth of its life, before its end. */
const BEFORE_END_MS = 60_000
/** Between two looks at a token that could not be renewed in time. */
const LOOK_AGAIN_MS = 5_000

/**
 * Gets and renews the token of each company, once for however many calls and replicas wait for it. A refresh token is
 * sent by whoever holds the grant in the shared state, and what comes back is kept there before it is used. It is sent
 * again only where nobody knows what became of the first time: then nothing else could save the grant.
 */
export function openTokens(options: TokensOptions): Sessions {
  const { erp, auth, grants, now, credential, timeoutMs, request, learn, heard } = options
  const held = new Map<string, Held>()
  const refused = new Map<string, number>()
  const refusedUntil = new Map<string, number>()
  const ended = new Set<string>()
  const running = new Map<string, Promise<Held>>()
  /** All that are under way, those of a credential that is replaced by now too. */
  const underWay = new Set<Promise<Held>>()
  const unkept = openUnkept(grants)
  const sealing = (): readonly CredentialKey[] => {
    const keys = options.keys()
    return keys.length > 0 ? keys : [grants.key]
  }

  async function begin(company: string): Promise<Held> {
    const ask = { ...firstAsk(auth, company, credential), holder: randomUUID() }
    await unkept.keep(ask)
    const latest = now() + timeoutMs + LOOK_AGAIN_MS
    for (;;) {
      const { origin, holder } = ask
      const taking = { company, origin, holder, refused: refused.get(company) ?? null }
      const taken = await askedOfState(grants.take({ ...taking, hold_ms: timeoutMs + LOOK_AGAIN_MS }))
      if (taken.kind === 'given') return opened(ask, taken)
      if (taken.kind === 'renew') {
        const renewed = await renewal(ask, taken)
        if (renewed !== null) return renewed
      } else if (taken.kind === 'wait' && now() < latest) {
        await pause(taken.ms)
      } else {
        if (taken.kind === 'refused_again') refusedUntil.set(company, now() + taken.ms)
        throw noToken(taken)
      }
    }
  }

  /** Null: somebody else was faster, and theirs is used. */
  async function renewal(ask: TokenAsk & Turn, taken: GrantTaken & { kind: 'renew' }): Promise<Held | null> {
    const { company, origin } = ask
    const kept = taken.sealed === null ? null : await unsealed(company, taken.sealed)
    const refresh = ask.refresh === null ? null : (kept?.refresh ?? ask.refresh)
    const began = now()
    let given: TokenGiven
    try {
      // What came after the login's own is lost, and that one is spent.
      if (taken.sealed !== null && kept === null && refresh !== null) throw new TokenRefused('auth', UNOPENED)
      given = await request({ ...ask, refresh })
    } catch (error) {
      if (!(error instanceof ErpFailure)) throw error
      return failed(ask, taken, kept, error)
    }
    const next: GrantTokens = { access: given.access }
    if (refresh !== null) next.refresh = given.refresh ?? refresh
    learn(secretsOf(next))
    const lives_ms = Math.max(1, given.livesMs - (now() - began))
    const renew_in_ms = Math.max(0, lives_ms - Math.min(BEFORE_END_MS, given.livesMs / 10))
    unkept.put({
      ...{ company, origin, version: taken.version, lives_ms, renew_in_ms: Math.floor(renew_in_ms) },
      sealed: await sealGrant(next, { erp, company }, sealing()),
      after_refusal: refused.has(company),
      rotates: refresh !== null && next.refresh !== ask.refresh,
    })
    const isKept = await unkept.keep(ask)
    await told({ what: 'grant_renewed', company, code: refresh === null ? 'client_credentials' : 'refresh_token' })
    return isKept ? use(company, next, taken.version + 1, lives_ms, renew_in_ms) : null
  }

  async function failed(
    { company, origin, holder }: Turn,
    { version, left_ms }: GrantTaken & { kind: 'renew' },
    kept: GrantTokens | null,
    failure: ErpFailure,
  ): Promise<Held> {
    const { ended: isOver, waitMs } = failure instanceof TokenRefused ? failure : { ended: false, waitMs: 0 }
    const { kind } = failure.error
    await askedOfState(grants.fail({ company, origin, holder, version, why: kind, ended: isOver, wait_ms: waitMs }))
    await told({ what: isOver ? 'grant_ended' : 'grant_failed', company, code: kind })
    // What is there is still good.
    if (kept !== null && left_ms > 0 && !isOver) return use(company, kept, version, left_ms, 0)
    if (isOver) throw new GrantEnded(failure.error.message)
    // Whatever became of the token, the call behind it was not sent.
    throw new ErpFailure(failure.error, true)
  }

  async function opened({ company }: GrantPlace, taken: GrantTaken & { kind: 'given' }): Promise<Held> {
    const tokens = await unsealed(company, taken.sealed)
    if (tokens === null) throw notSent('auth', UNOPENED)
    learn(secretsOf(tokens))
    return use(company, tokens, taken.version, taken.left_ms, taken.renew_in_ms)
  }

  function use(company: string, tokens: GrantTokens, version: number, leftMs: number, renewInMs: number): Held {
    const value = headerText(`Bearer ${tokens.access}`)
    const renewAt = now() + Math.min(leftMs, Math.max(renewInMs, LOOK_AGAIN_MS))
    const token = { name: 'authorization', value, version, renewAt, secrets: secretsOf(tokens) }
    refused.delete(company)
    return token
  }

  async function unsealed(company: string, sealed: string): Promise<GrantTokens | null> {
    return openGrant(sealed, { erp, company }, [...sealing(), grants.key])
  }

  /** No entry, no token. */
  async function told(grant: GrantHeard): Promise<void> {
    await heard(grant).catch(() => {
      throw notSent('auth', 'the grant could not be written down, so nothing is sent')
    })
  }

  function start(company: string): Promise<Held> {
    const beginning = begin(company)
    underWay.add(beginning)
    const over = (): void => void underWay.delete(beginning)
    beginning.then(over, over)
    return beginning
  }

  async function header(company: string): Promise<Held> {
    const left = (refusedUntil.get(company) ?? 0) - now()
    if (left > 0) throw refusedAgain(left)
    const known = held.get(company)
    if (known !== undefined && known.renewAt > now()) {
      learn(known.secrets)
      return known
    }
    const beginning = running.get(company) ?? start(company)
    running.set(company, beginning)
    try {
      const token = await beginning
      if (running.get(company) === beginning) {
        held.set(company, token)
        ended.delete(company)
      }
      return token
    } catch (error) {
      // What the credential before this one met says nothing of it.
      if (running.get(company) === beginning && error instanceof GrantEnded) ended.add(company)
      throw error
    } finally {
      if (running.get(company) === beginning) running.delete(company)
    }
  }

  return {
    header,
    refused(company, header) {
      const known = held.get(company)
      if (known === undefined || known !== header) return
      held.delete(company)
      refused.set(company, known.version)
    },
    renew(company) {
      held.delete(company)
      running.delete(company)
      refused.delete(company)
      refusedUntil.delete(company)
      ended.delete(company)
    },
    async keepAlive(companies) {
      if (auth.grant === 'client_credentials') return
      // What fails is in the ledger.
      for (const company of companies) await header(company).catch(() => undefined)
    },
    ended: () => [...ended],
    async settled() {
      await Promise.allSettled(underWay)
      await unkept.keepAll()
    },
  }
}

function secretsOf({ access, refresh }: GrantTokens): string[] {
  return refresh === undefined ? [access] : [access, refresh]
}
