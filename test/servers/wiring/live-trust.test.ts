import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type LiveTrust, liveTrust } from '../../../servers/wiring/live-trust.ts'

const LOG = { info: () => undefined, warn: () => undefined, error: () => undefined }

let folder: string
let trust: LiveTrust | null = null
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alcada-trust-'))
})
afterEach(() => {
  trust?.stop()
  rmSync(folder, { recursive: true })
})

function file(...keys: { id: string; development: boolean }[]): string {
  const span = { not_before: '2026-01-01T00:00:00Z', not_after: '2027-01-01T00:00:00Z' }
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43) }
  const path = join(folder, 'trust.json')
  writeFileSync(path, JSON.stringify({ keys: keys.map((key) => ({ ...key, use: 'bundle', ...span, jwk })) }))
  return path
}

async function until(is: () => boolean): Promise<void> {
  while (!is()) await setTimeout(20)
}

test('a server that trusts production keys never comes to trust a development key', async () => {
  const path = file({ id: 'release', development: false })
  trust = await liveTrust(path, Date.now, LOG)
  const live = trust
  file({ id: 'release', development: false }, { id: 'dev', development: true })
  await until(() => live.lastError() !== null)
  expect(live.current().keys.map(({ id }) => id)).toEqual(['release'])
  file({ id: 'release', development: false }, { id: 'release-2', development: false })
  await until(() => live.current().keys.length === 2)
  expect(live.lastError()).toBeNull()
})
