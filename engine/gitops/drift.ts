import type { BundleClaims } from '../contract/bundle-claims.ts'

/** What a server says of itself in `/health`. */
export interface ServerHealth {
  status: string
  revision: number | null
  bundle: { digest: string } | null
}

export interface DriftOptions {
  erp: string
  /** Digest of what main says; null where main does not have this ERP any more. */
  main: string | null
  /** The newest bundle of the channel. */
  published: { digest: string; claims: Pick<BundleClaims, 'revision' | 'exp' | 'rollback'> } | null
  servers: readonly { url: string; health: ServerHealth | null }[]
  nowMs: number
}

/** Past half of a renewal's time something is wrong with it, in milliseconds. */
const SOON_MS = 7 * 86_400_000

/** What stands between main and what is enforced, in sentences; none where every server enforces what main says. */
export function driftOf({ erp, main, published, servers, nowMs }: DriftOptions): string[] {
  if (published === null) return [`${erp}: nothing is published`]
  const { digest, claims } = published
  const found: string[] = []
  if (main === null) found.push(`${erp}: revision ${claims.revision} is published, and main does not have ${erp}`)
  else if (claims.rollback !== undefined) {
    found.push(`${erp}: revision ${claims.revision} took main back in an emergency (${claims.rollback.reason})`)
  } else if (main !== digest) found.push(`${erp}: main says other than revision ${claims.revision}, which is published`)
  if (claims.exp * 1_000 - nowMs < SOON_MS) {
    found.push(`${erp}: revision ${claims.revision} is good only until ${new Date(claims.exp * 1_000).toISOString()}`)
  }
  return [...found, ...servers.flatMap((server) => serverDrift(`${erp} at ${server.url}`, server.health, published))]
}

function serverDrift(
  who: string,
  health: ServerHealth | null,
  { digest, claims: { revision } }: NonNullable<DriftOptions['published']>,
): string[] {
  if (health === null) return [`${who}: no server answers`]
  if (health.bundle === null) return [`${who}: nothing is enforced, and everything is denied`]
  const found: string[] = []
  if (health.revision !== revision) {
    found.push(`${who}: revision ${health.revision} is enforced, and revision ${revision} is published`)
  } else if (health.bundle.digest !== digest) {
    found.push(`${who}: other content is enforced than that of revision ${revision} in the channel`)
  }
  if (health.status !== 'enforcing') found.push(`${who}: it is ${health.status}: see its /health`)
  return found
}
