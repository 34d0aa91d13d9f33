import { BlockList, isIP } from 'node:net'

/** Where a request comes from, as far as anybody we trust says. */
export type SourceOf = (peer: string | undefined, forwardedFor: string | undefined) => string

/**
 * Reads the source of a request: the peer itself, or, where the peer is a trusted proxy, the rightmost address of
 * X-Forwarded-For that is none. Whatever stands further left the client may have written.
 * @param proxies addresses and networks (CIDR)
 */
export function sourceReader(proxies: readonly string[]): SourceOf {
  const trusted = new BlockList()
  for (const proxy of proxies) {
    const [address = '', bits] = proxy.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    trusted.addSubnet(address, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family)
  }
  const isTrusted = (address: string): boolean => trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

  return (peer, forwardedFor) => {
    let source = plain(peer ?? '')
    if (isIP(source) === 0) return 'unknown'
    const hops = (forwardedFor ?? '').split(',').slice(-MOST_HOPS)
    while (isTrusted(source)) {
      const hop = plain((hops.pop() ?? '').trim())
      // No address: the proxy before it is the last that is known.
      if (isIP(hop) === 0) return source
      source = hop
    }
    return source
  }
}

/** True for an address or a network as ALCADA_TRUSTED_PROXIES takes it. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32))
}

const MOST_HOPS = 32

/** `::ffff:192.0.2.1` is 192.0.2.1; a port behind an IPv4 address is not part of it. */
function plain(address: string): string {
  const bare = address.replace(/^\[(.*)\](?::\d+)?$/, '$1').replace(/^::ffff:(?=\d+\.)/i, '')
  return bare.replace(/^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/, '$1')
}
