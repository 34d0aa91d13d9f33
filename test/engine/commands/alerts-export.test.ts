import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { copyProject } from '../../helpers/alcada/project.ts'

const ALCADA = new URL('../../../engine/alcada.mjs', import.meta.url).pathname

function run(root: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [ALCADA, '--root', root, 'alerts', 'export', ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })
}

test('rules of each ERP and one configuration for all are written, and said', async () => {
  const project = copyProject(['omie', 'nibo'])
  const out = join(mkdtempSync(join(tmpdir(), 'alcada-export-')), 'prometheus')
  const { code, stdout } = await run(project.root, '--out', out, '--smarthost', 'mail.example:587', '--format', 'json')
  project.remove()
  expect(code).toBe(0)
  const files = ['nibo.rules.yaml', 'omie.rules.yaml', 'alertmanager.yaml']
  expect(JSON.parse(stdout)).toEqual({ files: files.map((file) => join(out, file)) })
  expect(readdirSync(out).sort()).toEqual([...files].sort())
  const config = parse(readFileSync(join(out, 'alertmanager.yaml'), 'utf8'))
  expect(config.global.smtp_smarthost).toBe('mail.example:587')
  expect(config.route.routes).toHaveLength(4)
})

test('nothing is written of alerts that have a mistake', async () => {
  const project = copyProject(['omie', 'nibo'])
  project.replace('policies/omie/alerts.yaml', 'threshold: 2.0', 'threshold: soon')
  const out = join(mkdtempSync(join(tmpdir(), 'alcada-export-')), 'prometheus')
  const { code, stderr } = await run(project.root, '--out', out)
  project.remove()
  expect(code).toBe(3)
  expect(stderr).toContain('policies/omie/alerts.yaml:3')
  expect(existsSync(out)).toBe(false)
})

test('without a place to write to it says how it is used', async () => {
  const { code, stderr } = await run(process.cwd())
  expect([code, stderr.includes('--out')]).toEqual([2, true])
})
