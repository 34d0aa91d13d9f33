import { BundleError } from './bundle-error.ts'

/**
 * Of the bundles that this engine makes: what may stand in their claims, data, catalogue and canaries, and what is asked of
 * their policy. Raise it, by one, with whatever a server of before would not understand, or would not heed: it then refuses
 * the bundle and keeps the one it has. A server takes every older format.
 */
export const BUNDLE_FORMAT = 1

/**
 * Looks at the format before anything else is read: of one to come nothing else is known.
 * @param payload what was signed, parsed. Without a format it is of before formats were numbered
 * @throws BundleError BUNDLE_FORMAT_NEWER
 */
export function checkFormat(payload: unknown): void {
  if (typeof payload !== 'object' || payload === null || !('format' in payload)) return
  const { format } = payload
  if (typeof format !== 'number' || format <= BUNDLE_FORMAT) return
  throw new BundleError(
    'BUNDLE_FORMAT_NEWER',
    `the bundle is of format ${format} and this server understands ${BUNDLE_FORMAT}: deploy a newer image of the server, the bundle is taken then`,
  )
}
