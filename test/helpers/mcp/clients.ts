import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as Client2025 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as Transport2025 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'

/** A client of 2026-07-28, pinned to it: it fails where the server speaks an older revision. */
export async function connect2026(url: URL, token: string): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
  const headers = { authorization: `Bearer ${token}` }
  await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers } }))
  return client
}

/** Today's client: the SDK's first line, which ends at 2025-11-25. */
export async function connect2025(url: URL, token: string): Promise<Client2025> {
  const client = new Client2025({ name: 'test', version: '1' })
  const headers = { authorization: `Bearer ${token}` }
  await client.connect(new Transport2025(url, { requestInit: { headers } }))
  return client
}
