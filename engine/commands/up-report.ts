import { clientSnippets } from './snippets.ts'
import type { UpServer } from './up-servers.ts'

/** The machine-readable line of `up --json`. Source: design, section 7. */
export function readyJson(servers: readonly UpServer[]): string {
  const erps = servers.map(({ erp, mcp, ops, console, revision, tokens }) => {
    const health = new URL('/health', mcp).href
    return [erp, { mcp, health, ops, console, revision, tokens }]
  })
  return `${JSON.stringify({ erps: Object.fromEntries(erps) })}\n`
}

/** What a person reads when everything is up. */
export function readyText(servers: readonly UpServer[], root: string): string {
  const parts = servers.map(({ erp, mcp, ops, console, revision, tokens }) => {
    const snippets = clientSnippets(erp, mcp, tokens['operator'] ?? '')
    return [
      `${erp}  revision ${revision ?? 'none'}`,
      `  MCP      ${mcp}`,
      `  health   ${new URL('/health', mcp).href}   metrics ${ops}/metrics`,
      `  console  ${console}   (signs the approver in, once, within 5 minutes; more: alcada approvals login --ops ${ops})`,
      ...Object.entries(tokens).map(([role, token]) => `  ${role.padEnd(8)} ${token}`),
      ...snippets.map(({ client, text }) => `  ${client}:\n    ${text}`),
      '',
    ].join('\n')
  })
  const edit =
    'edit a file below erps/ or policies/ and save it: it is checked, built and enforced at once; Ctrl-C ends'
  return `${parts.join('\n')}\n${servers.length} servers of ${root}: development keys, stand-in ERPs on loopback\n${edit}\n`
}
