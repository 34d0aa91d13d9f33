import { homedir } from 'node:os'
import { join } from 'node:path'

/** What the command line takes from outside, read here and nowhere else in engine/. */
export interface Environment {
  /** A compiler somebody chose (ALCADA_OPA). */
  opa: string | undefined
  /** Where the compiler is kept between runs. */
  cacheDir: string
  path: string
  /** Colour on a terminal, unless NO_COLOR is set (no-color.org). */
  colour: boolean
  /** Handed on to server processes: nothing else of the environment is. */
  passed: Record<string, string>
}

// What a server is told of its surroundings; its own settings are spelled in servers/config.ts.
const PASSED = /^(ALCADA_(?!OPA$)[A-Z_]+|LOG_LEVEL|MAX_CONNECTIONS|ENV|TZ|NODE_EXTRA_CA_CERTS)$/

export function readEnvironment(env: Readonly<Record<string, string | undefined>> = process.env): Environment {
  const cache = env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  const passed: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) if (value !== undefined && PASSED.test(name)) passed[name] = value
  return {
    opa: env['ALCADA_OPA'],
    cacheDir: join(cache, 'alcada'),
    path: env['PATH'] ?? '',
    colour: process.stdout.isTTY === true && env['NO_COLOR'] === undefined,
    passed,
  }
}
