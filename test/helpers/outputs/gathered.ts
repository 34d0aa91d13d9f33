import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * open: logs, notices, metrics: whoever runs the system reads them; no personal value stands there, and no secret.
 * reply: what callers get; some may see personal values, nobody a secret.
 */
export type OutputKind = 'open' | 'reply'

export interface Output {
  kind: OutputKind
  /** `stderr of servers/main.ts` */
  source: string
  /** The test's file. */
  test: string
  text: string
}

/** A line of JSON for each. */
export const SECRETS = 'secrets.jsonl'

/** What was gathered, a file at a time. */
export function* outputsIn(folder: string): Generator<Output> {
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.out'))) {
    const whole = readFileSync(join(folder, name), 'utf8')
    const end = whole.indexOf('\n')
    const head: Omit<Output, 'text'> = JSON.parse(whole.slice(0, end))
    yield { ...head, text: whole.slice(end + 1) }
  }
}

export function secretsIn(folder: string): string[] {
  if (!readdirSync(folder).includes(SECRETS)) return []
  const lines = readFileSync(join(folder, SECRETS), 'utf8').trim().split('\n')
  return [...new Set(lines.map((line): string => JSON.parse(line)))]
}
