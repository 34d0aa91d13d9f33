// Looks for holes: `node .ci/scan.mjs [--report FILE] [--online] [--root DIR]` in code, what was written down and dependencies;
// `node .ci/scan.mjs --image TAG [--engine docker|podman]` in an image of the servers. The report is JSON. Exit codes:
// 0 nothing found; 3 something a person has to look at; 1 with --online, when the registry did not answer; 2 wrong usage.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { dependencies } from './scan/dependencies.mjs'
import { scanImage } from './scan/image.mjs'
import { secretsIn } from './scan/secrets.mjs'
import { staticAnalysis } from './scan/static.mjs'

const { image, engine, report, online, root } = options()
const accepted = existsSync(join(root, '.ci/scan/accepted.json'))
  ? JSON.parse(readFileSync(join(root, '.ci/scan/accepted.json'), 'utf8'))
  : []
const used = new Set()

const parts = []
if (image === undefined) {
  await part('static', () => staticAnalysis(root))
  await part('secrets', () => secretsIn(root))
  await part('dependencies', () => dependencies(root))
  await part('accepted', () => ({ tool: 'this scan', files: accepted.length, findings: unused() }))
} else await part('image', () => scanImage(image, engine))

for (const { part: name, status, files, findings, reason } of parts) {
  process.stdout.write(`${name}: ${status}, ${files} looked at${reason === undefined ? '' : ` (${reason})`}\n`)
  for (const { code, severity, file, line, message, help } of findings)
    process.stdout.write(
      `  ${file ?? image}${line === null ? '' : `:${line}`} ${severity} ${code}: ${message}\n    ${help}\n`,
    )
}
if (report !== undefined)
  writeFileSync(report, `${JSON.stringify({ commit: commit(), image: image ?? null, parts }, null, 2)}\n`)
// At once: secretlint measures itself, and would go on to add that up for a minute.
process.exit(outcome())

/** What is accepted and not there any more would hide the next one. */
function unused() {
  return accepted
    .filter((one) => !used.has(one))
    .map(({ file, code }) => ({
      ...{ code: 'ACCEPTED_GONE', severity: 'error', file: '.ci/scan/accepted.json', line: null, column: null },
      message: `${code} is accepted in \`${file}\`, where it is not found any more`,
      help: 'take the entry out',
    }))
}

function outcome() {
  if (parts.some(({ findings }) => findings.some(({ severity }) => severity === 'error'))) return 3
  return online && parts.some(({ status }) => status === 'unreachable') ? 1 : 0
}

async function part(name, look) {
  const { tool, files, findings: all, unreachable } = await look()
  const findings = all.filter((finding) => {
    const known = accepted.find(({ file, code }) => file === finding.file && code === finding.code)
    used.add(known)
    return known === undefined
  })
  const status = unreachable === undefined ? (findings.length ? 'findings' : 'clean') : 'unreachable'
  parts.push({
    part: name,
    tool,
    status,
    files,
    findings,
    ...(unreachable === undefined ? {} : { reason: unreachable }),
  })
}

function commit() {
  return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
}

function options() {
  try {
    const { values } = parseArgs({
      options: {
        image: { type: 'string' },
        engine: { type: 'string', default: 'docker' },
        report: { type: 'string' },
        online: { type: 'boolean', default: false },
        root: { type: 'string', default: fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '') },
      },
    })
    return values
  } catch (error) {
    process.stderr.write(
      `${error.message}\nusage: node .ci/scan.mjs [--image TAG] [--engine docker|podman] [--report FILE] [--online]\n`,
    )
    process.exit(2)
  }
}
