/** A ready piece of configuration for one MCP client. */
export interface Snippet {
  client: string
  text: string
}

/** How three clients are told of a server: Claude Code, VS Code and the MCP inspector. */
export function clientSnippets(erp: string, mcp: string, token: string): Snippet[] {
  const header = `Authorization: Bearer ${token}`
  const vscode = { servers: { [erp]: { type: 'http', url: mcp, headers: { Authorization: `Bearer ${token}` } } } }
  return [
    { client: 'Claude Code', text: `claude mcp add --transport http alcada-${erp} ${mcp} --header "${header}"` },
    { client: 'VS Code (.vscode/mcp.json)', text: JSON.stringify(vscode) },
    {
      client: 'MCP inspector',
      text: `npx mcp-inspector --cli ${mcp} --transport http --header "${header}" --method tools/list`,
    },
  ]
}
