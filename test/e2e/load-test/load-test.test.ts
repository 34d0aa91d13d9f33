import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readEnvironment } from '../../../engine/commands/environment.ts'
import { loadTest } from '../../../engine/commands/load-test.ts'
import type { LoadReport } from '../../../engine/operate/load-test/report.ts'
import { runAlcada } from '../../helpers/alcada/command.ts'
import { type Alcada, startAlcada } from '../../helpers/alcada/start.ts'
import { needs } from '../../helpers/needs.ts'

const compiler = process.env['ALCADA_OPA']
const env: Record<string, string> = {
  HOME: process.env['HOME'] ?? '',
  ...(compiler === undefined ? {} : { ALCADA_OPA: compiler }),
}

test.each([
  [['omie', '--target', 'https://erp.example/mcp', '--token-file', 't'], 'add `--allow-remote erp.example`'],
  [['omie', '--target', 'http://127.0.0.1:1/mcp'], 'expected --token-file FILE beside --target'],
])('%s is refused before anything is sent', async (args, words) => {
  const { code, out, err } = await runAlcada(['load-test', ...args], env)
  expect([code, out]).toEqual([2, ''])
  expect(err).toContain(words)
})

test.each([
  [{ users: 1_001 }, 'expected --users from 1 to 1000, got 1001'],
  [{ users: 0 }, 'expected --users from 1 to 1000, got 0'],
  [{ duration: 601 }, 'expected --duration from 1 to 600, got 601'],
  [{ ramp: 61 }, 'expected --ramp of at most 60 seconds, the duration, got 61'],
  [{ tokenFile: ['t'] }, '--token-file goes with --target'],
])('%j is out of bounds', async (given, words) => {
  const usual = { users: 100, duration: 60, pause: 1_500, limitFactor: 1, tokenFile: [], allowRemote: [] }
  const options = {
    root: '.',
    erp: 'omie',
    format: 'text',
    environment: readEnvironment({}),
    ...usual,
    ...given,
  } as const
  await expect(loadTest(options)).rejects.toThrow(words)
})

describe.skipIf(needs('opa').missing !== null)('alcada load-test', () => {
  test('starts a server of its own, with users of every role', async () => {
    const args = ['load-test', 'tryton', '--users', '4', '--duration', '2', '--ramp', '1', '--pause', '50']
    const { code, out, err } = await runAlcada([...args, '--format', 'json'], env)
    expect(err).not.toContain('Error')
    const report: LoadReport = JSON.parse(out)
    expect(report).toMatchObject({
      ...{ erp: 'tryton', server: 'own', users: 4, durationS: 2, rampS: 1, hitsFrom: 'server' },
      usersByRole: { viewer: 1, operator: 1, approver: 1, admin: 1 },
      run: { stopped: false },
    })
    expect(Object.keys(report.run.byRole)).toEqual(['admin', 'approver', 'operator', 'viewer'])
    expect(report.run.all.success).toBeGreaterThan(4)
    expect(report.run.all.calls).toBe(report.run.all.success + report.run.all.failed + report.run.all.denied)
    expect(report.thresholds.map(({ alert }) => alert)).toEqual(['response_time', 'error_rate', 'rate_limit'])
    expect(code).toBe(report.thresholds.every(({ met }) => met) ? 0 : 3)
  })

  describe('of a server that runs already', () => {
    let alcada: Alcada
    let folder: string
    beforeAll(async () => {
      alcada = await startAlcada({ erp: 'tryton' })
      folder = mkdtempSync(join(tmpdir(), 'alcada-load-'))
      for (const role of ['viewer', 'operator']) writeFileSync(join(folder, role), `${alcada.token(role)}\n`)
      writeFileSync(join(folder, 'wrong'), 'no.token.atall')
    })
    afterAll(async () => {
      await alcada?.stop()
      rmSync(folder, { recursive: true, force: true })
    })
    const against = (...more: string[]) =>
      runAlcada(['load-test', 'tryton', '--target', alcada.mcp.href, '--duration', '2', '--pause', '50', ...more], env)

    test('sends reads alone, and counts what the ERP fails by kind', async () => {
      const before = alcada.standIn.received.length
      for (let at = 0; at < 400; at += 1) alcada.standIn.failNext({ status: 500, body: 'out of order' })
      const tokens = [join(folder, 'viewer'), join(folder, 'operator')]
      const { code, out } = await against('--users', '4', '--format', 'json', '--token-file', ...tokens)
      const report: LoadReport = JSON.parse(out)
      expect(report).toMatchObject({ server: 'given', usersByRole: { viewer: 2, operator: 2 }, hitsFrom: 'answers' })
      const failed = report.run.errors.filter(({ standing }) => standing === 'failed')
      expect(failed.map(({ kind }) => kind)).toContain('erp_server')
      expect(failed.reduce((sum, { count }) => sum + count, 0)).toBe(report.run.all.failed)
      expect(report.thresholds.find(({ alert }) => alert === 'error_rate')).toMatchObject({ met: false })
      const sent = alcada.standIn.received.slice(before)
      expect(sent.length).toBeGreaterThan(0)
      expect(sent.filter(({ operation }) => /\.(create|write|delete)$/.test(operation))).toEqual([])
      expect(code).toBe(3)
    })

    test('ended by Ctrl-C, it reports what was measured', async () => {
      const program = fileURLToPath(new URL('../../../engine/cli.ts', import.meta.url))
      const args = ['--target', alcada.mcp.href, '--duration', '600', '--ramp', '0', '--pause', '50', '--users', '2']
      const child = spawn(
        process.execPath,
        [program, 'load-test', 'tryton', ...args, '--token-file', join(folder, 'viewer'), '--format', 'json'],
        { env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
      )
      const out = text(child.stdout)
      const ended = once(child, 'exit')
      // The first line of progress comes while calls are made.
      await once(child.stderr, 'data')
      child.kill('SIGINT')
      await ended
      const report: LoadReport = JSON.parse(await out)
      expect(report).toMatchObject({ durationS: 600, run: { stopped: true } })
      expect(report.run.all.calls).toBeGreaterThan(0)
      expect(report.run.tookS).toBeLessThan(600)
    })

    test('says what was wrong where no call was done', async () => {
      const { code, out, err } = await against('--users', '1', '--token-file', join(folder, 'wrong'))
      expect(code).toBe(1)
      expect(out).toContain('failed  http_401  (tools/list ')
      expect(err).toContain('no call was done')
    })
  })
})
