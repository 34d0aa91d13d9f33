import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parse } from 'yaml'
import { WORKFLOWS } from './act.ts'

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url))

/** Runs one step of deploy.yml; rejects with what it said where it fails. */
export type RunStep = (job: string, step: string, env: Readonly<Record<string, string>>) => Promise<string>

/**
 * Steps of deploy.yml as GitHub runs them (`bash -e -o pipefail`), in a folder that stands for the checkout; `docker` is podman there,
 * and what it would push or pull is only written to `docker.log`. `npx alcada` gets `more` behind what the step says.
 */
export function deploySteps(
  place: string,
  env: Readonly<Record<string, string>>,
  more: readonly string[] = [],
): RunStep {
  const bin = join(place, 'bin')
  mkdirSync(bin, { recursive: true })
  // Podman keeps a health check, and leaves the time out, only where it is told to.
  const docker = `#!/bin/sh
case $1 in
  login | push | pull) echo "$@" >>"${join(place, 'docker.log')}" ;;
  build) shift; exec podman build --format docker --timestamp 0 "$@" ;;
  *) exec podman "$@" ;;
esac
`
  writeFileSync(join(bin, 'docker'), docker, { mode: 0o755 })
  const npx = `#!/bin/sh\nshift\nexec "${process.execPath}" "${REPOSITORY}/engine/alcada.mjs" "$@" ${more.join(' ')}\n`
  writeFileSync(join(bin, 'npx'), npx, { mode: 0o755 })
  for (const name of ['.ci', 'engine', 'node_modules', 'package.json'])
    symlinkSync(join(REPOSITORY, name), join(place, name))
  const { jobs } = parse(readFileSync(join(WORKFLOWS, 'deploy.yml'), 'utf8'))
  return async (job, step, given) => {
    const found: { name?: string; run?: string } | undefined = jobs[job].steps.find(
      ({ name = '' }: { name?: string }) => name.startsWith(step),
    )
    if (found?.run === undefined) throw new Error(`${job} of deploy.yml has no step \`${step}\``)
    const { stdout } = await promisify(execFile)('bash', ['-e', '-o', 'pipefail', '-c', found.run], {
      cwd: place,
      env: { ...env, PATH: `${bin}${delimiter}${env['PATH']}`, ...given },
      maxBuffer: 16 * 1_048_576,
    }).catch((error: Error & { stdout?: string }) => {
      error.message += error.stdout ?? ''
      throw error
    })
    return stdout
  }
}
