import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { needs } from '../helpers/needs.ts'

const folder = join(import.meta.dirname, '..', '..', '.github', 'workflows')

type Step = { if?: string; uses?: string; run?: string; with?: Record<string, unknown> }
interface Job {
  if?: string
  'runs-on'?: string
  needs?: string | string[]
  environment?: unknown
  permissions?: unknown
  uses?: string
  secrets?: unknown
  steps?: Step[]
  'timeout-minutes'?: number
}
interface Workflow {
  on?: Record<string, unknown>
  permissions?: unknown
  concurrency?: unknown
  jobs: Record<string, Job>
}

/** It, or what it cannot run without, is skipped on every branch but main: whoever dispatches it names one. */
function isOfMain(workflow: Workflow, name: string): boolean {
  const job = workflow.jobs[name]
  if (job?.if === "github.ref == 'refs/heads/main'") return true
  return [job?.needs ?? []].flat().some((needed) => isOfMain(workflow, needed))
}

/** Where a workflow leaves what we ask of each: no rights it does not name, no code that can change, no text of others in a script. */
function faults(text: string): string[] {
  const found: string[] = []
  const workflow: Workflow = parse(text)
  if (JSON.stringify(workflow.permissions) !== '{}') found.push('the workflow has permissions')
  // It runs with the rights of the base on what the head says.
  for (const event of ['pull_request_target', 'workflow_run'])
    if (Object.hasOwn(workflow.on ?? {}, event)) found.push(`it runs on ${event}`)
  const called = Object.hasOwn(workflow.on ?? {}, 'workflow_call')
  if (workflow.concurrency === undefined && !called) found.push('two of its runs may be under way at once')
  for (const line of text.split('\n').filter((one) => /^\s*(- )?uses:/.test(one) && !/uses: \.\//.test(one))) {
    if (!/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line)) found.push(`not pinned: ${line.trim()}`)
  }
  for (const [name, job] of Object.entries(workflow.jobs)) {
    if (job.permissions === undefined) found.push(`${name} does not say what it needs`)
    if (job.permissions === 'write-all' || job.permissions === 'read-all') found.push(`${name} asks for everything`)
    if (job.environment !== undefined && !isOfMain(workflow, name)) found.push(`${name} holds secrets on any branch`)
    const isOurs = job['runs-on']?.includes('vars.') === true
    const ends = job.steps?.at(-1)
    if (isOurs && !(ends?.if === 'always()' && ends.run?.startsWith('docker logout ')))
      found.push(`${name} leaves a login on a runner that lives on`)
    if (job.secrets !== undefined) found.push(`${name} hands secrets on`)
    if (job.uses === undefined && job['timeout-minutes'] === undefined) found.push(`${name} may hang for hours`)
    for (const step of job.steps ?? []) {
      if (step.uses?.startsWith('actions/checkout@') && step.with?.['persist-credentials'] !== false)
        found.push(`${name} leaves its token in the checkout`)
      if (step.run?.includes('${' + '{')) found.push(`${name} puts text into a script: ${step.run}`)
    }
  }
  return found
}

test.each(readdirSync(folder))('%s keeps to the rules for workflows', (file) => {
  expect(faults(readFileSync(join(folder, file), 'utf8'))).toEqual([])
})

describe('a fault in a workflow is found', () => {
  const sha = '3d3c42e5aac5ba805825da76410c181273ba90b1'
  const good = 'permissions: {}\nconcurrency: a\n'
  const job = (rest: string): string => `${good}jobs:\n  a:\n    permissions: {}\n    timeout-minutes: 5\n${rest}`
  test.each([
    [`concurrency: a\npermissions: { contents: write }\njobs: {}`, 'the workflow has permissions'],
    [`concurrency: a\njobs: {}`, 'the workflow has permissions'],
    [`permissions: {}\njobs: {}`, 'two of its runs may be under way at once'],
    [`${good}on: { pull_request_target: }\njobs: {}`, 'it runs on pull_request_target'],
    [`${good}on: { workflow_run: }\njobs: {}`, 'it runs on workflow_run'],
    [`${good}jobs: { a: { timeout-minutes: 5, steps: [] } }`, 'a does not say what it needs'],
    [`${good}jobs: { a: { timeout-minutes: 5, permissions: write-all, steps: [] } }`, 'a asks for everything'],
    [`${good}jobs: { a: { permissions: {}, steps: [] } }`, 'a may hang for hours'],
    [job(`    runs-on: $` + '{{ vars.RUNNER }}\n    steps: []'), 'a leaves a login on a runner that lives on'],
    [`${good}jobs: { a: { permissions: {}, uses: ./b.yml, secrets: inherit } }`, 'a hands secrets on'],
    [job('    steps:\n      - uses: actions/setup-node@v7'), 'not pinned: - uses: actions/setup-node@v7'],
    [job(`    steps:\n      - uses: actions/checkout@${sha} # v7.0.1`), 'a leaves its token in the checkout'],
    [
      job(`    steps:\n      - run: echo $` + `{{ github.head_ref }}`),
      `a puts text into a script: echo $` + `{{ github.head_ref }}`,
    ],
  ])('%s', (text, fault) => {
    expect(faults(text)).toEqual([fault])
  })
})

test('whatever the image is made by deploys it', () => {
  for (const file of readdirSync(folder).filter((name) => /^deploy-\w+\.yml$/.test(name))) {
    const { on }: { on: { push: { paths: string[] } } } = parse(readFileSync(join(folder, file), 'utf8'))
    expect(on.push.paths).toEqual(
      expect.arrayContaining(['servers/**', 'engine/contract/**', 'engine/channel/**', '.ci/**']),
    )
  }
})

test('a rollback is proposed by a token that may: a workflow’s own may open no pull request', () => {
  const text = readFileSync(join(folder, 'rollback.yml'), 'utf8')
  const { jobs }: Workflow = parse(text)
  expect(jobs['propose']?.permissions).toEqual({ contents: 'read' })
  expect(text).not.toContain('github.token')
  const script = jobs['propose']?.steps?.find(({ run }) => run?.includes('alcada rollback'))?.run ?? ''
  const { status, stdout } = spawnSync('bash', ['-e', '-c', script], {
    env: { PATH: process.env['PATH'] ?? '', GITHUB_TOKEN: '' },
    encoding: 'utf8',
  })
  expect([status, stdout]).toEqual([
    1,
    '::error::expected the secret ALCADA_PROPOSAL_TOKEN: a token of an app or a person that may write contents and pull requests here\n',
  ])
})

const actionlint = needs('actionlint')

describe.skipIf(actionlint.missing !== null)('actionlint', () => {
  const lint = (cwd: string): { status: number | null; stdout: string } =>
    spawnSync('actionlint', ['-no-color', '-shellcheck=', '-pyflakes='], { cwd, encoding: 'utf8' })

  test('finds nothing in our workflows', () => {
    expect(lint(join(folder, '..', '..'))).toMatchObject({ status: 0, stdout: '' })
  })

  test('finds what is wrong in a copy of them', () => {
    const copy = mkdtempSync(join(tmpdir(), 'alcada-workflows-'))
    try {
      cpSync(folder, join(copy, '.github', 'workflows'), { recursive: true })
      spawnSync('git', ['init', '--quiet'], { cwd: copy })
      const file = join(copy, '.github', 'workflows', 'publish.yml')
      writeFileSync(file, readFileSync(file, 'utf8').replace('inputs.since', 'inputs.sinse'))
      const { status, stdout } = lint(copy)
      expect(status).toBe(1)
      expect(stdout).toContain('property "sinse" is not defined')
    } finally {
      rmSync(copy, { recursive: true })
    }
  })
})
