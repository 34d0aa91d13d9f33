import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url))
const BASELINE = fileURLToPath(new URL('../../fixtures/conformance/expected-failures.yaml', import.meta.url))

export interface SuiteRun {
  /** 0: what failed is what was expected to fail, and nothing that was expected to fail passed. */
  code: number | null
  /** What failed without being expected to: `scenario`, or `scenario:check`. */
  unexpected: string[]
  /** The suite's own report. */
  report: string
  /** Scenario → the status of each of its checks. */
  checks: Record<string, Record<string, string>>
}

/** Runs the scenarios that a revision of the protocol requires, held against the baseline. */
export async function runSuite(url: string, revision: '2025-11-25' | '2026-07-28'): Promise<SuiteRun> {
  const out = mkdtempSync(join(tmpdir(), 'alcada-conformance-'))
  try {
    const main = join(MODULES, '@modelcontextprotocol', 'conformance', 'dist', 'index.js')
    const args = ['server', '--url', url, '--requirements', revision, '--expected-failures', BASELINE, '-o', out]
    const { code, text } = await run(process.execPath, [main, ...args])
    return { code, unexpected: unexpectedIn(text), report: text, checks: checksIn(out) }
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

/** `scenario`, or `scenario:check`, of every entry of the baseline. */
export function baseline(): string[] {
  const { server }: { server: string[] } = parse(readFileSync(BASELINE, 'utf8'))
  return server
}

/** Every entry of the baseline with the reason that stands behind it. */
export function reasons(): { entry: string; reason: string }[] {
  const lines = readFileSync(BASELINE, 'utf8').matchAll(/^ {2}- (\S+)(?: # (.+))?$/gm)
  return [...lines].map(([, entry = '', reason = '']) => ({ entry, reason }))
}

/** Runs a program to its end, both outputs together. */
export function run(
  file: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number | null; text: string }> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1', ...env } })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, text: Buffer.concat(chunks).toString() }))
  })
}

function unexpectedIn(report: string): string[] {
  const [, part = ''] = report.split('Unexpected failures (')
  return [...part.matchAll(/^ {2}✗ (\S+)$/gm)].map(([, entry = '']) => entry)
}

function checksIn(out: string): SuiteRun['checks'] {
  return Object.fromEntries(
    readdirSync(out).map((folder) => {
      const checks: { id: string; status: string }[] = JSON.parse(
        readFileSync(join(out, folder, 'checks.json'), 'utf8'),
      )
      const scenario = folder.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT.*$/, '')
      return [scenario, Object.fromEntries(checks.map(({ id, status }) => [id, status]))]
    }),
  )
}
