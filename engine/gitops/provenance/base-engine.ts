import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Ajv } from 'ajv'
import { simpleGit } from 'simple-git'
import type { Finding } from '../../contract/finding.ts'
import { runGate } from '../gate.ts'
import type { RiskClass } from '../risk/risk.ts'
import { checkoutOf } from './checkout.ts'
import { Refusal } from './refusal.ts'

/** Of a verdict, what decides here; an older engine's may hold less than ours. */
export interface JudgedChange {
  findings: Pick<Finding, 'code' | 'severity' | 'file' | 'line' | 'message'>[]
  risk: { class: RiskClass; reasons: string[] }
}

export interface JudgeOptions {
  /** The clone. */
  root: string
  before: string
  after: string
  /** The commit whose engine runs this. */
  running: string
  opa: string
  /** What a process of another commit's engine is given. */
  env: Readonly<Record<string, string>>
  /** Told in a sentence what takes time. */
  onProgress(line: string): void
}

/** What an engine is made of. */
const ENGINE = ['engine', 'package.json', 'package-lock.json']

/**
 * Judges a change with the engine of the commit before it, so that no change edits its own gate. Where that engine is
 * the one that runs, it is asked directly; else it is laid out with its own dependencies and asked as a process.
 * @throws Refusal GATE_RED where that engine cannot judge the change
 */
export async function judgeWithBase(options: JudgeOptions): Promise<JudgedChange> {
  const { root, before, after, running, opa } = options
  const changed = await simpleGit({ baseDir: root }).raw(['diff', '--name-only', before, running, '--', ...ENGINE])
  const head = await checkoutOf(root, after)
  try {
    if (changed.trim() !== '') return await judgeElsewhere(options, head.root)
    return (await runGate({ root: head.root, ref: before, opa })).verdict
  } finally {
    await head.remove()
  }
}

async function judgeElsewhere({ root, before, env, onProgress }: JudgeOptions, head: string): Promise<JudgedChange> {
  onProgress(`judging with the engine of ${before.slice(0, 7)}`)
  const base = await checkoutOf(root, before)
  try {
    const own = join(base.root, 'engine', 'alcada.mjs')
    // npm of the Node that runs this: nothing else of the environment is handed on.
    const path = [dirname(process.execPath), env['PATH'] ?? ''].join(delimiter)
    const run = promisify(execFile)
    const at = { cwd: base.root, env: { ...env, PATH: path }, maxBuffer: 64 * 1024 * 1024 }
    if (existsSync(join(base.root, 'package-lock.json'))) await run('npm', ['ci', '--no-audit', '--no-fund'], at)
    const program = existsSync(own) ? own : join(base.root, 'node_modules', 'alcada', 'engine', 'alcada.mjs')
    const args = [program, '--root', head, 'check', '--base', before, '--format', 'json']
    const { stdout } = await run(process.execPath, args, at).catch((failed: { code?: unknown; stdout?: string }) => {
      // 3: it has judged, and something needs a person.
      if (failed.code === 3 && failed.stdout !== undefined) return { stdout: failed.stdout }
      throw failed
    })
    return readVerdict(stdout)
  } catch (cause) {
    if (cause instanceof Refusal) throw cause
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim().split('\n').at(-1) : ''
    throw cannotJudge(before, said || String(cause), cause)
  } finally {
    await base.remove()
  }
}

function cannotJudge(before: string, said: string, cause: unknown): Refusal {
  return new Refusal(
    'GATE_RED',
    `the engine of \`${before.slice(0, 7)}\` cannot judge what came after it: ${said}; a change that needs a newer engine is published after that engine was, in a pull request of its own`,
    { cause },
  )
}

const isVerdict = new Ajv({ strict: true }).compile<JudgedChange>({
  type: 'object',
  required: ['findings', 'risk'],
  properties: {
    findings: {
      type: 'array',
      items: {
        type: 'object',
        required: ['code', 'severity', 'file', 'line', 'message'],
        properties: {
          code: { type: 'string' },
          severity: { enum: ['error', 'warning'] },
          file: { type: 'string' },
          line: { type: 'integer' },
          message: { type: 'string' },
        },
      },
    },
    risk: {
      type: 'object',
      required: ['class', 'reasons'],
      properties: {
        class: { enum: ['neutral', 'narrowing', 'widening', 'code'] },
        reasons: { type: 'array', items: { type: 'string' } },
      },
    },
  },
})

function readVerdict(text: string): JudgedChange {
  const value: unknown = JSON.parse(text)
  if (isVerdict(value)) return value
  throw new Error('it gives no verdict')
}
