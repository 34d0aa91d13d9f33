import { simpleGit } from 'simple-git'
import type { BundleClaims, Trust } from '../../contract/bundle-claims.ts'
import { type VerifiedBundle, verifyBundle } from '../../contract/bundle-verify.ts'
import { claimedIn } from '../../publish/newest.ts'
import { Refusal } from './refusal.ts'

/**
 * The newest bundle of a channel as it was when it was signed: it may have expired since, and what it says of its
 * commit holds all the same.
 * @throws BundleError when no trusted key signed it
 */
export function publishedBundle(bytes: Uint8Array, { erp, trust }: { erp: string; trust: Trust }): VerifiedBundle {
  // It names the second (RFC 7519, NumericDate), a key its millisecond: signed in the second in which its key began, it
  // was signed after that.
  return verifyBundle(bytes, { erp, trust, nowMs: claimedIn(bytes, erp).iat * 1_000 + 999 })
}

/**
 * The latest commit that was published for any ERP: everything up to it was judged then, for all of them. Null where
 * nothing was published that names a commit.
 * @throws Refusal HISTORY_REWRITTEN
 */
export async function lastPublished(
  root: string,
  head: string,
  published: readonly BundleClaims[],
): Promise<BundleClaims | null> {
  const line = (await simpleGit({ baseDir: root }).raw(['rev-list', '--first-parent', '--reverse', head]))
    .trim()
    .split('\n')
  const places = published.flatMap((claims) => {
    if (claims.commit === null) return []
    const at = line.indexOf(claims.commit)
    if (at >= 0) return [{ at, claims }]
    throw new Refusal(
      'HISTORY_REWRITTEN',
      `revision ${claims.revision} of ${claims.scope} was published at \`${claims.commit.slice(0, 7)}\`, which is not on the way to \`${head.slice(0, 7)}\`: somebody has rewritten main, or this clone is shallow or older; fetch all of it, or put main back`,
    )
  })
  return places.sort((a, b) => b.at - a.at)[0]?.claims ?? null
}
