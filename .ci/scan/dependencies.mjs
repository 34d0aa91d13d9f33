// Known holes of what is installed in production: asked of the registry, which alone knows.
import { spawnSync } from 'node:child_process'

const LEVELS = ['high', 'critical']

export function dependencies(root) {
  const { stdout, stderr } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { cwd: root, encoding: 'utf8' })
  const told = parsed(stdout)
  if (told?.vulnerabilities === undefined) {
    const reason = told?.message ?? told?.error?.summary ?? stderr.trim().split('\n')[0] ?? 'no answer'
    return { tool: 'npm audit', files: 0, findings: [], unreachable: reason }
  }
  const findings = Object.values(told.vulnerabilities).flatMap(({ name, severity, range, via, fixAvailable }) => {
    const known = via.filter((one) => typeof one === 'object')
    return known.map(({ title, url }) => ({
      code: 'DEPENDENCY',
      severity: LEVELS.includes(severity) ? 'error' : 'warning',
      ...{ file: 'package-lock.json', line: null, column: null },
      message: `\`${name}\` ${range}: ${title} (${severity}, ${url})`,
      help: fixAvailable ? 'npm audit fix, and try it' : 'no version without it yet: do without, or shield it',
    }))
  })
  return { tool: 'npm audit', files: told.metadata?.dependencies?.prod ?? 0, findings }
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
