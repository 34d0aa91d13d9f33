import { isCallToolResult } from '@modelcontextprotocol/server'
import { modern } from '../helpers/mcp/post.ts'
import { type Figure, times } from './figures.ts'
import { type Load, load, type Shot, send } from './load.ts'
import { startOne } from './one-server.ts'
import { startPeer } from './peer.ts'
import { cpuUs, memoryMb } from './process-figures.ts'

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
  // Code that has just started is still being compiled: whoever is measured first would pay for it.
  for (const one of [shot, bare]) await load(one, 64, SECONDS)
  const figures: Figure[] = []
  for (const connections of [8, 64]) {
    const ours = await measured(shot, connections, alcada.pid)
    const theirs = await measured(bare, connections, peer.pid)
    figures.push({
      what: `tools/call, ${connections} connections: a second (p50, p99)`,
      ours: words(ours),
      peer: `bare MCP SDK ${words(theirs)}`,
      ratio: `${times(ours.perSecond, theirs.perSecond)} the calls`,
    })
    if (ours.cpuUs === null || theirs.cpuUs === null) continue
    figures.push({
      what: `CPU of the server's process for one of those calls, all threads`,
      ours: `${ours.cpuUs.toFixed(0)} us`,
      peer: `bare MCP SDK ${theirs.cpuUs.toFixed(0)} us`,
      ratio: `${times(ours.cpuUs, theirs.cpuUs)} the CPU`,
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

/** What a busy machine changes least is the CPU that a call costs; null where the system does not tell it so. */
async function measured(shot: Shot, connections: number, pid: number): Promise<Load & { cpuUs: number | null }> {
  await load(shot, connections, 1)
  const before = cpuUs(pid)
  const found = await load(shot, connections, SECONDS)
  const after = cpuUs(pid)
  return { ...found, cpuUs: before === null || after === null ? null : (after - before) / found.sent }
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
