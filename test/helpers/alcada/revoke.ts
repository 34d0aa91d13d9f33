import { spawn } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { signingKey } from '../../../engine/access/signing-key.ts'
import { signOverlay } from '../../../engine/bundle/sign-overlay.ts'
import type { Stops } from '../../../engine/contract/overlay.ts'
import { folderWriter } from '../../../engine/publish/folder.ts'
import { publishOverlay } from '../../../engine/publish/overlays.ts'
import type { Alcada } from './start.ts'

const PROGRAM = fileURLToPath(new URL('../../../engine/alcada.mjs', import.meta.url))

export interface Ended {
  code: number | null
  out: string
  err: string
}

/** Folder of the keys that a server of a test trusts. */
export function keysFolder({ env }: Pick<Alcada, 'env'>): string {
  return dirname(env['ALCADA_TRUST_FILE'] ?? '')
}

export interface StopOptions {
  /** Default an hour. */
  lastsMs?: number
  /** When it is signed. Default now. */
  nowMs?: number
  reason?: string
}

/** Puts an overlay into the channel of a server. @returns its sequence */
export async function publishStop(
  alcada: Pick<Alcada, 'env'>,
  stops: Partial<Stops>,
  { lastsMs = 3_600_000, nowMs = Date.now(), reason = 'chave vazada' }: StopOptions = {},
): Promise<number> {
  const erp = alcada.env['ALCADA_ERP'] ?? ''
  const key = await signingKey({ folder: keysFolder(alcada), use: 'revocation' })
  const from = new Date(nowMs).toISOString()
  const until = new Date(nowMs + lastsMs).toISOString()
  const { sequence } = await publishOverlay({
    channel: folderWriter(alcada.env['ALCADA_CHANNEL'] ?? ''),
    erp,
    nowMs,
    overlay: (number) => signOverlay({ erp, sequence: number, stops, from, until, reason }, key),
  })
  return sequence
}

/** `alcada …` of a person on call: with the keys and the channel of a test's server. */
export async function asOperator(alcada: Alcada, args: readonly string[]): Promise<Ended> {
  const root = alcada.project.root
  mkdirSync(root, { recursive: true })
  try {
    symlinkSync(keysFolder(alcada), join(root, '.alcada'))
  } catch {
    // It is there from the call before.
  }
  const channel = Object.entries(alcada.env).filter(([name]) => name.startsWith('ALCADA_CHANNEL'))
  return runAlcada(root, args, Object.fromEntries(channel))
}

/** `alcada …` with a project folder, and no more of the environment than is given. */
export async function runAlcada(
  root: string,
  args: readonly string[],
  passed: Record<string, string> = {},
): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env
  const env = { PATH, HOME, ...passed }
  const child = spawn(process.execPath, [PROGRAM, '--root', root, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await ended, out, err }
}

/** Waits until this is so; looks again every few milliseconds. */
export async function until(is: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await is())) await setTimeout(20)
}

/** `/health` of the operations listener. */
export async function health(alcada: Pick<Alcada, 'ops'>): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(new URL('/health', alcada.ops))
  const body: Record<string, unknown> = JSON.parse(await response.text())
  return { status: response.status, body }
}

/** Waits until so many emergency stops are in force. */
export function stopsInForce(alcada: Pick<Alcada, 'ops'>, count: number): Promise<void> {
  return until(async () => JSON.stringify((await health(alcada)).body['overlays']).includes(`"active":${count},`))
}
