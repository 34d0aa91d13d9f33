import type { Reporter } from '../place.ts'

/** Where credentials go: https, or http on this machine, at a host that is allowed, and nobody's password in it. */
export function checkAddress(address: string, allowedHosts: readonly string[], at: string, report: Reporter): void {
  const url = URL.parse(address)
  if (url === null || url.username !== '' || url.password !== '') {
    const message = `expected an address without user or password, got \`${url === null ? address : '…'}\``
    report.at(at, { code: 'BASE_URL', message, help: 'write scheme, host and path only' })
    return
  }
  if (!allowedHosts.includes(url.hostname) && !allowedHosts.includes(url.host)) {
    const message = `host \`${url.hostname}\` is not in allowedHosts`
    report.at(at, {
      code: 'HOST_NOT_ALLOWED',
      message,
      help: 'add it there, or correct the address',
    })
  }
  if (url.protocol === 'http:' && !/^(127(\.\d+){3}|localhost|\[::1\])$/.test(url.hostname)) {
    const message = `expected https for \`${url.hostname}\`, got http`
    report.at(at, { code: 'BASE_URL', message, help: 'write https: credentials go over this line' })
  }
}
