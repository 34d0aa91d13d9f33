import { fork } from 'node:child_process'
import type { CallToolResult } from '@modelcontextprotocol/server'

export interface Peer {
  url: string
  pid: number
  stop(): void
}

/** A mock ERP, or a bare MCP server that answers `answer`, in a process of its own on loopback. */
export async function startPeer(answer: CallToolResult | 'erp'): Promise<Peer> {
  const child = fork(new URL('./peer-process.ts', import.meta.url), { execArgv: [] })
  const port = new Promise<unknown>((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', () => reject(new Error('the peer ended before it listened')))
  })
  child.send(answer)
  return { url: `http://127.0.0.1:${await port}`, pid: child.pid ?? 0, stop: () => void child.disconnect() }
}
