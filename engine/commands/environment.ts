import { homedir } from 'node:os'
import { join } from 'node:path'

/** What the command line takes from outside, read here and nowhere else in engine/. */
export interface Environment {
  /** A compiler somebody chose (ALCADA_OPA). */
  opa: string | undefined
  /** Where the compiler is kept between runs. */
  cacheDir: string
  /** Home folder: git and npm keep what is the user's there. */
  home: string
  path: string
  /** Colour on a terminal, unless NO_COLOR is set (no-color.org). */
  colour: boolean
  /** Somebody can be asked: a terminal on both sides, and no CI. */
  asking: boolean
  release: ReleaseSettings
  /** Where servers answer: `omie=https://omie.example nibo=https://nibo.example` (ALCADA_SERVERS). */
  servers: string | undefined
  github: GitHubSettings
  /** Handed on to server processes: nothing else of the environment is. */
  passed: Record<string, string>
}

/** What signs a release; all undefined: a key of `.alcada/keys`. */
export interface ReleaseSettings {
  /** Text of a key file (ALCADA_BUNDLE_KEY). */
  key: string | undefined
  /** A program that signs, and its arguments (ALCADA_BUNDLE_KEY_COMMAND). */
  command: string | undefined
  /** Which key of trust.json that is (ALCADA_BUNDLE_KEY_ID). */
  keyId: string | undefined
}

/** Where pull requests are, by the names that GitHub's own workflows give. */
export interface GitHubSettings {
  /** GITHUB_TOKEN, or else GH_TOKEN. */
  token: string | undefined
  /** `owner/name` (GITHUB_REPOSITORY). Default: the remote `origin`. */
  repository: string | undefined
  /** GITHUB_API_URL. Default https://api.github.com. */
  apiUrl: string
  /** Where git fetches and pushes (GITHUB_SERVER_URL). Default https://github.com. */
  serverUrl: string
}

// What a server is told of its surroundings; its own settings are spelled in servers/config.ts.
const PASSED = /^(ALCADA_(?!OPA$|SERVERS$|BUNDLE_KEY)[A-Z_]+|LOG_LEVEL|MAX_CONNECTIONS|ENV|TZ|NODE_EXTRA_CA_CERTS)$/

export function readEnvironment(env: Readonly<Record<string, string | undefined>> = process.env): Environment {
  const cache = env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  const passed: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) if (value !== undefined && PASSED.test(name)) passed[name] = value
  return {
    opa: env['ALCADA_OPA'],
    cacheDir: join(cache, 'alcada'),
    home: homedir(),
    path: env['PATH'] ?? '',
    colour: process.stdout.isTTY === true && env['NO_COLOR'] === undefined,
    asking: process.stdin.isTTY === true && process.stderr.isTTY === true && !/^(1|true)$/i.test(env['CI'] ?? ''),
    servers: env['ALCADA_SERVERS'],
    release: {
      key: env['ALCADA_BUNDLE_KEY'],
      command: env['ALCADA_BUNDLE_KEY_COMMAND'],
      keyId: env['ALCADA_BUNDLE_KEY_ID'],
    },
    github: {
      token: env['GITHUB_TOKEN'] || env['GH_TOKEN'] || undefined,
      repository: env['GITHUB_REPOSITORY'] || undefined,
      apiUrl: env['GITHUB_API_URL'] || 'https://api.github.com',
      serverUrl: env['GITHUB_SERVER_URL'] || 'https://github.com',
    },
    passed,
  }
}
