import type { Connection } from './erp.ts'

/**
 * The same connection to what stands in for the ERP on this machine. It gives the tokens as well, at the same path: no
 * secret of a stand-in goes to the real ERP.
 */
export function loopbackConnection(connection: Connection, baseUrl: string): Connection {
  const { host } = new URL(baseUrl)
  const auth = connection.auth.map((item) => {
    if (item.in !== 'oauth2') return item
    const { pathname, search } = new URL(item.tokenUrl)
    return { ...item, tokenUrl: new URL(`${pathname}${search}`, baseUrl).href }
  })
  return { ...connection, baseUrl, allowedHosts: [host], auth }
}
