import { BundleError } from '../../engine/contract/bundle-error.ts'
import type { Catalogue } from '../../engine/contract/catalogue.ts'
import { loopbackConnection } from '../../engine/contract/loopback-connection.ts'

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost'])

/**
 * The catalogue with the address this installation uses. Where calls go is signed: it can be pointed elsewhere only in
 * a bundle signed by a development key, and then only to loopback (a stand-in).
 * @throws BundleError BUNDLE_ADDRESS_REFUSED
 */
export function withAddress(catalogue: Catalogue, baseUrl: string | null, development: boolean): Catalogue {
  if (baseUrl === null) return catalogue
  if (!development) {
    throw new BundleError(
      'BUNDLE_ADDRESS_REFUSED',
      'only a bundle signed by a development key may be pointed elsewhere',
    )
  }
  if (catalogue.erp.process !== undefined) {
    throw new BundleError(
      'BUNDLE_ADDRESS_REFUSED',
      'expected no other address for an upstream that is a program, got one',
    )
  }
  const url = URL.parse(baseUrl)
  if (url === null || !['http:', 'https:'].includes(url.protocol) || !LOOPBACK.has(url.hostname)) {
    throw new BundleError('BUNDLE_ADDRESS_REFUSED', `expected an address on loopback, got \`${baseUrl}\``)
  }
  const connection = loopbackConnection(catalogue.erp.connection, baseUrl)
  return { ...catalogue, erp: { ...catalogue.erp, connection } }
}
