import { readdirSync, readlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Client } from '@modelcontextprotocol/client'
import { inject } from 'vitest'
import { approvalsClient } from '../../../engine/access/approvals-client.ts'
import { runAlcada } from '../../helpers/alcada/command.ts'
import { type Alcada, AURORA, startAlcada } from '../../helpers/alcada/start.ts'
import { connect2026 } from '../../helpers/mcp/clients.ts'

export const FIXTURE: string = fileURLToPath(new URL('../../fixtures/gateway', import.meta.url))
/** Where npm has put the published servers, and Node for their first line. */
export const PUBLISHED: readonly string[] = [
  fileURLToPath(new URL('../../../node_modules/.bin', import.meta.url)),
  dirname(process.execPath),
]

/** A published MCP server behind its policies. */
export interface Gateway {
  alcada: Alcada
  /** The working folder of its process. */
  folder: string
  client(role: string): Promise<Client>
  /** What a call came to: its structured content, and all that was answered as text. */
  call(role: string, tool: string, args: object): Promise<{ told: Record<string, unknown>; text: string }>
  /** Another admin approves what waits. */
  approve(id: string): Promise<void>
  health(): Promise<Record<string, unknown>>
  stop(): Promise<void>
}

export async function startGateway(erp: string, path: readonly string[] = PUBLISHED): Promise<Gateway> {
  const alcada = await startAlcada({
    erp,
    from: FIXTURE,
    upstream: { url: null, credentials: { [AURORA]: {} } },
    env: { ALCADA_UPSTREAM_PATH: path.join(':') },
  })
  const clients = new Map<string, Client>()
  const client: Gateway['client'] = async (role) => {
    const known = clients.get(role) ?? (await connect2026(alcada.mcp, alcada.token(role)))
    clients.set(role, known)
    return known
  }
  return {
    alcada,
    folder: join(alcada.env['ALCADA_STATE_DIR'] ?? '', 'upstream', AURORA),
    client,
    async call(role, tool, args) {
      const answer = await (await client(role)).callTool({ name: tool, arguments: { ...args } })
      return { told: { ...Object(answer.structuredContent) }, text: JSON.stringify(answer) }
    },
    async approve(id) {
      const token = alcada.token('admin', { sub: 'u90', kind: 'human', purpose: 'approvals' })
      await approvalsClient({ ops: alcada.ops, token, language: 'en' }).approve(id)
    },
    health: async () => ({ ...Object(await (await fetch(`${alcada.ops}/health`)).json()) }),
    async stop() {
      await Promise.all([...clients.values()].map((one) => one.close()))
      await alcada.stop()
    },
  }
}

/** The command line in a project: what stands on standard output, and how it ended. */
export async function cli(root: string, ...words: string[]): Promise<{ code: number | null; text: string }> {
  const env = { ALCADA_OPA: inject('compiler'), ALCADA_UPSTREAM_PATH: PUBLISHED.join(':') }
  const { code, out } = await runAlcada(['--root', root, ...words], env)
  return { code, text: out }
}

/** Processes of this machine that work in a folder. */
export function workingIn(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)
      } catch {
        return false
      }
    })
    .map(Number)
}

export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50))
}
