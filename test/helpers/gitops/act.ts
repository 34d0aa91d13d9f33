import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { type Ran, ranOf } from '../alcada/command.ts'

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url))
export const WORKFLOWS: string = join(REPOSITORY, '.github', 'workflows')

/**
 * What `act` in host mode and a machine without network cannot run of our workflows:
 * what GitHub decides before a job begins, actions other than checkout, and what comes from a registry.
 */
export const NOT_RUN: readonly string[] = [
  'filters by branch and path, permissions, concurrency, environments and time limits: GitHub holds to them, act does not',
  'actions/checkout: act copies the working tree instead; fetch-depth, ref and persist-credentials are not tried',
  'actions/setup-node, setup-go, upload-artifact: a stand-in takes their place',
  '`npm ci`: what is installed here already takes its place',
  'check.yml, job tests: a container, and .ci/run inside .ci/run',
  'impact.yml, rollback.yml, drift.yml: actionlint reads them; their verbs have tests of their own',
  'deploy.yml: its steps are run with podman (test/e2e/images); npm audit, the registry and a runner beside the servers are not there',
]

export interface ActOptions {
  /** The checkout. */
  cwd: string
  event: 'pull_request' | 'push' | 'workflow_dispatch'
  payload: object
  workflow: string
  job: string
  /** A folder of the test's own. */
  place: string
  env: Readonly<Record<string, string>>
  secrets: Readonly<Record<string, string>>
  vars: Readonly<Record<string, string>>
}

/** Runs one job of a workflow on this machine (https://github.com/nektos/act, host mode). */
export async function runAct(options: ActOptions): Promise<Ran> {
  const { cwd, event, payload, workflow, job, place, env, secrets, vars } = options
  const stub = join(place, 'stub')
  mkdirSync(stub, { recursive: true })
  writeFileSync(
    join(stub, 'action.yml'),
    'name: stand-in\nruns: { using: composite, steps: [{ shell: bash, run: "true" }] }\n',
  )
  writeFileSync(join(place, 'event.json'), JSON.stringify(payload))
  const pairs = (flag: string, of: Readonly<Record<string, string>>): string[] =>
    Object.entries(of).flatMap(([name, value]) => [flag, `${name}=${value}`])
  const args = [
    ...[event, '-W', `.github/workflows/${workflow}`, '-j', job, '-e', join(place, 'event.json'), '--no-cache-server'],
    ...['-P', 'ubuntu-24.04=-self-hosted', '--pull=false'],
    ...actionsOf(workflow).flatMap((action) => ['--local-repository', `${action}=${stub}`]),
    ...[...pairs('--env', env), ...pairs('-s', secrets), ...pairs('--var', vars)],
  ]
  const child = spawn('act', args, {
    cwd,
    env: { PATH: `${programs(place)}${delimiter}${process.env['PATH'] ?? ''}`, HOME: place },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return ranOf(child)
}

/** Every action but checkout, which act knows by itself, as `owner/name@sha`. */
function actionsOf(workflow: string): string[] {
  const { jobs }: { jobs: Record<string, { steps?: { uses?: string }[] }> } = parse(
    readFileSync(join(WORKFLOWS, workflow), 'utf8'),
  )
  const used = Object.values(jobs).flatMap(({ steps = [] }) =>
    steps.flatMap(({ uses }) => (uses === undefined ? [] : [uses])),
  )
  return [...new Set(used)].filter((uses) => !uses.startsWith('actions/checkout@'))
}

/** `npm ci` that brings what is installed here, and an `npx` that finds it. Anything else is refused. */
function programs(place: string): string {
  const bin = join(place, 'bin')
  mkdirSync(bin, { recursive: true })
  const script = (name: string, text: string): void =>
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  script('npm', `[ "$1" = ci ] && exit 0\necho "npm $*: not on this machine" >&2\nexit 1`)
  script(
    'npx',
    `[ "$1" = alcada ] || exit 1\nshift\nexec "${process.execPath}" "${join(REPOSITORY, 'engine', 'cli.ts')}" "$@"`,
  )
  return bin
}
