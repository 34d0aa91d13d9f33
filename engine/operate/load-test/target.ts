/** Why a server may not be put under load; null where it may. `allowed`: hosts that somebody named on purpose. */
export function targetRefusal(target: string, allowed: readonly string[]): string | null {
  const url = URL.canParse(target) ? new URL(target) : null
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    return `expected the address of a server's MCP endpoint, such as http://127.0.0.1:4100/mcp, got \`${target}\``
  }
  if (LOOPBACK.test(url.hostname)) return null
  if (!allowed.includes(url.hostname)) {
    return `\`${url.hostname}\` is not this machine: a load test of it may disturb whoever works there. If it is meant, add \`--allow-remote ${url.hostname}\``
  }
  // The tokens go along with every call.
  return url.protocol === 'https:'
    ? null
    : `expected https for \`${url.hostname}\`: a token would be readable on its way`
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/
