// Secrets that were written down: the rules of secretlint over every file that git keeps, or that is in an image.
import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { lintSource } from '@secretlint/core'
import { creator as recommended } from '@secretlint/secretlint-rule-preset-recommend'

/** Larger ones hold lists and pictures. In bytes. */
const MOST = 1_048_576

export function kept(root) {
  return execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8', maxBuffer: 16 * 1_048_576 })
    .split('\0')
    .filter((file) => file !== '' && file !== 'package-lock.json')
}

export async function secretsIn(root, files = kept(root)) {
  const config = { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: recommended }] }
  const findings = []
  let looked = 0
  for (const file of files) {
    const path = join(root, file)
    const found = statSync(path, { throwIfNoEntry: false })
    if (!found?.isFile() || found.size > MOST) continue
    const bytes = readFileSync(path)
    if (bytes.includes(0)) continue
    looked += 1
    const source = { filePath: path, content: bytes.toString('utf8'), contentType: 'text', ext: extname(file) }
    const { messages } = await lintSource({ source, options: { config, maskSecrets: true, noPhysicFilePath: true } })
    for (const { ruleId, messageId, loc, message } of messages)
      findings.push({
        code: `SECRET_${(ruleId ?? '')
          .replace(/^.*-rule-/, '')
          .replaceAll('-', '_')
          .toUpperCase()}`,
        ...{ severity: 'error', file, line: loc.start.line, column: loc.start.column + 1 },
        message: `${messageId}: ${message.replace(/: .*$/s, '')}`,
        help: 'take it out, and give whoever it opens something to a new one: what was pushed is known',
      })
  }
  return { tool: 'secretlint', files: looked, findings }
}
