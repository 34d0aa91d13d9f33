import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { type Answer, post, type Sent } from '../../helpers/mcp/post.ts'

export interface Besieged {
  line(): Line
  /** One exchange with a good token, whatever its body. */
  send(sent: Sent): Promise<Answer>
  /** Bytes on a connection, and what came back until it was closed or `waitMs` passed. */
  raw(bytes: string | Uint8Array, waitMs?: number): Promise<string>
}

/**
 * A server of one ERP for the tests of a file. After each of them it is the same process, healthy, and nothing has
 * reached the ERP.
 */
export function besieged(env: Record<string, string> = {}): Besieged {
  let line: Line
  let pid = 0
  beforeAll(async () => {
    line = await openLine({ erp: 'omie', env })
    pid = line.alcada.pid
  })
  afterEach(async () => {
    const health = await fetch(new URL('/health', line.alcada.mcp))
    expect([health.status, line.alcada.pid, startedAt(pid) !== null]).toEqual([200, pid, true])
    await health.body?.cancel()
    expect(line.standIn.received).toEqual([])
  })
  afterAll(() => line.stop())
  return {
    line: () => line,
    send: ({ headers, ...sent }) =>
      post(line.alcada.mcp, {
        ...sent,
        headers: { authorization: `Bearer ${line.alcada.token('admin')}`, ...headers },
      }),
    raw: (bytes, waitMs = 3_000) =>
      new Promise((resolve, reject) => {
        const socket = connect(Number(line.alcada.mcp.port), '127.0.0.1', () => socket.write(bytes))
        let text = ''
        const timer = setTimeout(() => socket.destroy(), waitMs)
        socket.on('data', (chunk) => {
          text += chunk.toString('latin1')
        })
        socket.on('error', (error) => ('code' in error && error.code === 'ECONNRESET' ? undefined : reject(error)))
        socket.on('close', () => {
          clearTimeout(timer)
          resolve(text)
        })
      }),
  }
}

/** Tells a process from a later one of the same number; null when there is none. */
function startedAt(pid: number): string | null {
  try {
    process.kill(pid, 0)
    return process.platform === 'linux' ? (readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[21] ?? null) : 'running'
  } catch {
    return null
  }
}
