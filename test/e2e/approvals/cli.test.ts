import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { ask, pay } from './desk.ts'

const PROGRAM = fileURLToPath(new URL('../../../engine/alcada.mjs', import.meta.url))

let line: Line
let tokenFile: string
beforeAll(async () => {
  line = await openLine({ erp: 'omie' })
  tokenFile = join(mkdtempSync(join(tmpdir(), 'alcada-cli-')), 'token')
  const token = line.alcada.token('approver', { sub: 'u90', kind: 'human', purpose: 'approvals' })
  writeFileSync(tokenFile, `${token}\n`, { mode: 0o600 })
})
afterAll(() => line.stop())

function alcada(...args: string[]): Promise<{ code: number | string | null; out: string; said: string }> {
  return new Promise((resolve) => {
    const all = [PROGRAM, 'approvals', ...args, '--token-file', tokenFile, '--ops', line.alcada.ops]
    execFile(process.execPath, all, { cwd: tmpdir() }, (error, out, said) =>
      resolve({ code: error === null ? 0 : (error.code ?? null), out, said }),
    )
  })
}

test('list, show, approve: a client of the operations listener, in words and as JSON', async () => {
  expect(await alcada('list')).toEqual({ code: 0, out: 'nothing waits\n', said: '' })
  const id = await ask(line)
  const { out } = await alcada('list')
  expect(out).toContain(`${id}  pending  Create payment: R$ 1.000,01, asked by agent-1 for u17`)
  const shown = await alcada('show', id, '--lang', 'pt')
  expect(shown.out).toContain('    Valor: R$ 1.000,01\n')
  const approved = await alcada('approve', id, '--format', 'json')
  expect(JSON.parse(approved.out)).toMatchObject({ approval: { id, state: 'approved' } })
  const twice = await alcada('approve', id)
  expect(twice).toMatchObject({ code: 1, out: '' })
  expect(twice.said).toContain('approval_twice: you have approved this already: it takes another person')
  expect((await pay(line)).result).not.toBe(null)
})

test('reject takes a reason: without one it is wrong usage', async () => {
  const other = { payable_id: '2701019', amount: 4875.6, reference: 'PG-B' }
  const id = await ask(line, other)
  expect((await alcada('reject', id)).code).toBe(2)
  expect((await alcada('reject', id, '--reason', 'sem contrato')).code).toBe(0)
  expect((await pay(line, other)).refusal?.error.message).toContain('sem contrato')
})

test('login prints a link and nothing else', async () => {
  const { out } = await alcada('login')
  expect(out).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/console\/login\?code=[\w.-]+\n$/)
})
