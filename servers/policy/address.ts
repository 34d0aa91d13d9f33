import { BundleError } from '../../engine/contract/bundle-error.ts'
import type { Catalogue } from '../../engine/contract/catalogue.ts'
import type { AuthItem } from '../../engine/contract/erp.ts'

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
  const auth = catalogue.erp.connection.auth.map((item) => tokensAt(item, baseUrl))
  const connection = { ...catalogue.erp.connection, baseUrl, allowedHosts: [url.host], auth }
  return { ...catalogue, erp: { ...catalogue.erp, connection } }
}

/** What stands in for an ERP gives its tokens as well, at the same path: no secret of it goes to the real one. */
function tokensAt(item: AuthItem, baseUrl: string): AuthItem {
  if (item.in !== 'oauth2') return item
  const { pathname, search } = new URL(item.tokenUrl)
  return { ...item, tokenUrl: new URL(`${pathname}${search}`, baseUrl).href }
}
