import { digestOf } from '../../engine/contract/canonical.ts'
import type { Catalogue } from '../../engine/contract/catalogue.ts'
import type { Credentials } from '../credentials/credentials.ts'
import { type HeldCredentials, holdCredentials } from '../credentials/held.ts'
import type { Redactor } from '../credentials/redactor.ts'
import { Secret } from '../credentials/secret.ts'
import type { GrantSharing } from '../erp/caller.ts'
import type { OpenCircuit } from '../erp/circuit.ts'
import { createErpClient, type ErpClient } from '../erp/client.ts'
import type { LimiterSharing } from '../erp/limiter.ts'
import { resealGrants } from '../erp/oauth/reseal.ts'
import type { UpstreamPlace } from '../erp/upstream/place.ts'
import type { ActivePolicy } from '../policy/status.ts'
import type { CredentialsOpener } from './credentials-opener.ts'

/** The client of the ERP as the policy in force describes it. */
export interface ErpClients {
  of(active: ActivePolicy): ErpClient
  companies(): readonly string[]
  /** What the ERP must not be asked now. */
  openCircuits(): OpenCircuit[]
  /** Companies whose grant the ERP has ended, as far as this process has met it: a person has to log in again. */
  endedGrants(): string[]
  /** Tools of an upstream that are refused, because it says other things of them than were reviewed; null of an ERP of kind api. */
  refusedTools(): string[] | null
  /** The value behind `secret:NAME` of a policy file; null where the store has none. */
  secret(name: string): string | null
  /** Makes the client of a policy ready before the first call needs it. Throws when its credentials cannot be had. */
  prepare(active: ActivePolicy): Promise<void>
  /** Takes what the store holds now. What cannot be opened changes nothing: the values in use stay in use. */
  reopen(): Promise<void>
  close(): Promise<void>
}

export interface ErpClientsOptions {
  open: CredentialsOpener
  redactor: Redactor
  now: () => number
  /** The limits that replicas keep together, and who hears of them. */
  limits: LimiterSharing
  /** Where tokens are kept, and who hears of them. */
  grants: Required<GrantSharing>
  /** Where upstreams that are programs are, and who hears of upstreams. */
  upstream: UpstreamPlace
  /** How often a grant is looked after that nobody calls with, in milliseconds. Default an hour. */
  aliveMs?: number
}

interface Ready {
  catalogue: Catalogue
  credentials: HeldCredentials
  client: ErpClient
}

/** A client lives as long as its catalogue is the same: a changed limit of rbac.yaml keeps sessions, budgets and memory. */
export function erpClients({
  open,
  redactor,
  now,
  limits,
  grants,
  upstream,
  aliveMs = 3_600_000,
}: ErpClientsOptions): ErpClients {
  const clients = new Map<string, Ready>()
  const ready = new WeakMap<ActivePolicy, ErpClient>()
  let latest: Ready | null = null
  // Of the policy in force alone: whatever another one says of tokens is asked of nobody any more.
  const alive = setInterval(() => void latest?.client.keepAlive(), aliveMs).unref()
  let turn: Promise<unknown> = Promise.resolve()

  /** One after the other: who began to read earlier must not have the last word. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work)
    turn = next.catch(() => undefined)
    return next
  }

  /** The key of the store may be another than the one that grants were sealed with. */
  const reseal = async ({ erp }: Catalogue, credentials: Credentials): Promise<void> => {
    if (!erp.connection.auth.some((item) => item.in === 'oauth2') || grants.grants === undefined) return
    await resealGrants(grants.grants, erp.name, credentials.keys?.() ?? [])
  }
  const create = async (catalogue: Catalogue): Promise<Ready> => {
    const credentials = holdCredentials(await open(catalogue.erp), catalogue.erp.credentials)
    await reseal(catalogue, credentials)
    return {
      catalogue,
      credentials,
      client: createErpClient({ catalogue, credentials, redactor, now, upstream, ...limits, ...grants }),
    }
  }
  const renew = async ({ catalogue, credentials, client }: Ready): Promise<void> => {
    const changed = credentials.replace(await open(catalogue.erp))
    for (const company of changed) client.renew(company)
    await reseal(catalogue, credentials)
  }

  const prepare = async (active: ActivePolicy): Promise<void> => {
    const key = digestOf(active.catalogue)
    const known = clients.get(key)
    const next = known ?? (await create(active.catalogue))
    clients.set(key, next)
    // Nobody looked after it while another catalogue was in force.
    if (known !== undefined && known !== latest) await renew(known)
    latest = next
    // Not waited for: an upstream that is slow to start holds up nothing.
    void next.client.begin(next.credentials.companies())
    ready.set(active, next.client)
  }

  return {
    prepare: (active) => inTurn(() => prepare(active)),
    reopen: () => inTurn(async () => (latest === null ? undefined : renew(latest))),
    of(active) {
      const client = ready.get(active)
      if (client === undefined) throw new Error('the ERP client is not ready')
      return client
    },
    endedGrants: () => latest?.client.endedGrants() ?? [],
    openCircuits: () => latest?.client.openCircuits() ?? [],
    refusedTools: () => (latest?.catalogue.erp.kind === 'mcp' ? latest.client.refusedTools() : null),
    companies: () => latest?.credentials.companies() ?? [],
    secret(name) {
      const companies = latest?.credentials.companies() ?? []
      return companies.map((company) => noted(latest?.credentials, company, name)).find((one) => one !== null) ?? null
    },
    async close() {
      clearInterval(alive)
      await turn
      await Promise.all([...clients.values()].map(({ client }) => client.close()))
    },
  }
}

function noted(credentials: Credentials | undefined, company: string, name: string): string | null {
  try {
    const value = credentials?.get(company, name)
    return value instanceof Secret ? value.reveal() : null
  } catch {
    return null
  }
}
