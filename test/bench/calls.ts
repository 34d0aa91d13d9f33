import { execFileSync } from 'node:child_process'
import { isCallToolResult } from '@modelcontextprotocol/server'
import { modern } from '../helpers/mcp/post.ts'
import { type Figure, times } from './figures.ts'
import { type Load, load, type Shot, send } from './load.ts'
import { startOne } from './one-server.ts'
import { startPeer } from './peer.ts'

const SECONDS = 5

/**
 * A read through the whole line (token, policy, ledger before and after, ERP, mask) beside a bare server of the same SDK
 * that answers the same bytes: what is added to what the protocol costs anyway.
 */
export async function calls(): Promise<Figure[]> {
  const erp = await startPeer('erp')
  const alcada = await startOne(erp.url)
  const { headers = {}, body } = modern('tools/call', { name: 'get_payment_by_id', arguments: { id: '1' } })
  const shared = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' }
  const shot: Shot = {
    url: alcada.mcp,
    headers: { ...shared, ...headers, authorization: `Bearer ${alcada.token}` },
    body: String(body),
  }
  const peer = await startPeer(resultOf(await send(shot)))
  const bare: Shot = { ...shot, url: new URL(peer.url) }
  const figures: Figure[] = []
  for (const connections of [8, 64]) {
    const ours = await load(shot, connections, SECONDS)
    const theirs = await load(bare, connections, SECONDS)
    figures.push({
      what: `tools/call, ${connections} connections: a second (p50, p99)`,
      ours: words(ours),
      peer: `bare MCP SDK ${words(theirs)}`,
      ratio: `${times(ours.perSecond, theirs.perSecond)} the calls`,
    })
  }
  const [ours, theirs] = [memoryMb(alcada.pid), memoryMb(peer.pid)]
  figures.push({
    what: 'resident memory after that load',
    ours: `${ours.toFixed(0)} MB`,
    peer: `bare MCP SDK ${theirs.toFixed(0)} MB`,
    ratio: `${times(ours, theirs)} the memory`,
  })
  await alcada.stop()
  peer.stop()
  erp.stop()
  return figures
}

function words({ perSecond, p50Ms, p99Ms }: Load): string {
  return `${perSecond.toFixed(0)} (${p50Ms.toFixed(1)} ms, ${p99Ms.toFixed(1)} ms)`
}

function resultOf(text: string) {
  const answer: unknown = JSON.parse(/^data: (\{.*\})$/m.exec(text)?.[1] ?? text)
  const result = typeof answer === 'object' && answer !== null && 'result' in answer ? answer.result : null
  if (isCallToolResult(result)) return result
  throw new Error(`expected the result of a tool, got ${text}`)
}

function memoryMb(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1_024
}
