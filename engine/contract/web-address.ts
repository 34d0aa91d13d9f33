const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost'])

/** https: for production. loopback: http on this machine, which only a development server may use. Null: neither. */
export function webAddressKind(text: string): 'https' | 'loopback' | null {
  const url = URL.parse(text)
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return null
  if (url.protocol === 'https:') return 'https'
  return url.protocol === 'http:' && LOOPBACK.has(url.hostname) ? 'loopback' : null
}
