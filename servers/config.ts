import { isAbsolute, join } from 'node:path'
import { webAddressKind } from '../engine/contract/web-address.ts'
import { Secret } from './credentials/secret.ts'
import type { CredentialsSource } from './credentials/source.ts'
import type { StoreKeySource } from './credentials/store-keys.ts'
import { isNetwork } from './identity/source.ts'

/** Everything a server is told from outside, read once at the start. Paths as given, times in milliseconds. */
export interface ServerConfig {
  erp: string
  /** Folder channel: `<channel>/<erp>/bundle.tar.gz`. */
  channel: string
  trustFile: string
  /** Public keys of the token issuer, a JWK set. */
  tokenKeysFile: string
  /** What this ERP's credentials are kept in. */
  credentials: CredentialsSource
  /** Holds the ledger, the mask key, the last good bundle and what is remembered of revisions. */
  stateDir: string
  /** `postgres://…`: the database that several servers of this ERP share. null: SQLite in the state folder. */
  databaseUrl: string | null
  /** Tells this server's chain of the ledger from those of its replicas. Default none: the only server. */
  replica: string
  /** The key of the ledger's tokens, 32 bytes, where replicas must agree on it. null: one of its own in the state folder. */
  maskKeyFile: string | null
  checkpoint: CheckpointConfig
  /** Receiver of OPA's decision logs: `<url>/logs`. null: nothing is sent. */
  decisionLogUrl: string | null
  /** Holds the bearer token for it. */
  decisionLogTokenFile: string | null
  host: string
  port: number
  opsHost: string
  opsPort: number
  /** Addresses and networks whose X-Forwarded-For is believed. Default none. */
  trustedProxies: readonly string[]
  /** Host names `/mcp` answers to. Default: the loopback names. */
  allowedHosts: readonly string[]
  allowedOrigins: readonly string[]
  /** Origin by which clients know this server: `https://erp-tools.example`. Default null: the listener's own. */
  publicUrl: string | null
  /** Origin by which approvers' browsers reach the operations listener. Default null: the listener's own. */
  consoleUrl: string | null
  /** `smtp://host:port` or `smtps://user:password@host`, for telling approvers. Default null: no mail. */
  smtpUrl: string | null
  mailFrom: string
  /** Address of the embedded issuer, told to clients that look for one. Default null. */
  tokenIssuer: string | null
  /** Takes the place of connection.baseUrl; only under a development key, only on loopback. */
  baseUrl: string | null
  zone: string
  logLevel: LogLevel
  environment: string
  /** `/mcp` answers 503 above it. */
  maxConnections: number
  /** One call, from arrival to reply. */
  callTimeoutMs: number
  /** MCP over stdin and stdout; the caller is the token in this file. null: over HTTP. */
  stdioTokenFile: string | null
}

/** How it is shown that nothing was cut off the ledger or written anew. */
export interface CheckpointConfig {
  /** Key of use `checkpoint`; null: one of its own in the state folder. */
  keyFile: string | null
  /** Folders and addresses that the operator of this server does not hold. */
  anchors: readonly string[]
  /** Holds the bearer token for addresses. */
  anchorTokenFile: string | null
  everyMs: number
  everyEntries: number
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** A setting that is missing or wrong: its name, what was expected and what to do. */
export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID'

  constructor(message: string) {
    super(message)
    this.name = 'ConfigError'
  }
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the settings of one server from the environment. Throws ConfigError.
 * LOG_LEVEL (INFO), MAX_CONNECTIONS (100) and ENV are spelled as the governance document has them.
 */
export function readConfig(env: Environment = process.env): ServerConfig {
  const erp = required(env, 'ALCADA_ERP', 'the name of a folder in erps/')
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(erp)) throw wrong('ALCADA_ERP', 'a name like `omie`', erp)
  const stateDir = required(env, 'ALCADA_STATE_DIR', 'a folder only this server writes to')
  return {
    erp,
    channel: required(env, 'ALCADA_CHANNEL', 'the folder bundles are published to'),
    trustFile: required(
      env,
      'ALCADA_TRUST_FILE',
      'a trust.json with the public bundle key; `alcada keys list` shows yours',
    ),
    tokenKeysFile: required(env, 'ALCADA_TOKEN_KEYS_FILE', 'the public keys of the token issuer'),
    credentials: credentials(env, erp),
    stateDir: join(stateDir),
    databaseUrl: databaseUrl(env['ALCADA_DATABASE_URL']),
    replica: replica(env['ALCADA_REPLICA'] ?? ''),
    maskKeyFile: env['ALCADA_MASK_KEY_FILE'] ?? null,
    decisionLogUrl: address(env, 'ALCADA_DECISION_LOG_URL'),
    decisionLogTokenFile: env['ALCADA_DECISION_LOG_TOKEN_FILE'] ?? null,
    checkpoint: {
      keyFile: env['ALCADA_CHECKPOINT_KEY_FILE'] ?? null,
      anchors: list(env, 'ALCADA_ANCHOR', []).map(anchor),
      anchorTokenFile: env['ALCADA_ANCHOR_TOKEN_FILE'] ?? null,
      everyMs: 1_000 * integer(env, 'ALCADA_CHECKPOINT_SECONDS', 60, 1, 86_400),
      everyEntries: integer(env, 'ALCADA_CHECKPOINT_ENTRIES', 1_000, 1, 1_000_000),
    },
    host: env['ALCADA_HOST'] ?? '127.0.0.1',
    port: integer(env, 'ALCADA_PORT', 8080, 0, 65_535),
    opsHost: env['ALCADA_OPS_HOST'] ?? '127.0.0.1',
    opsPort: integer(env, 'ALCADA_OPS_PORT', 9090, 0, 65_535),
    trustedProxies: networks(env, 'ALCADA_TRUSTED_PROXIES'),
    allowedHosts: list(env, 'ALCADA_ALLOWED_HOSTS', ['127.0.0.1', 'localhost', '[::1]']),
    allowedOrigins: list(env, 'ALCADA_ALLOWED_ORIGINS', []),
    publicUrl: originOf(address(env, 'ALCADA_PUBLIC_URL')),
    consoleUrl: originOf(address(env, 'ALCADA_CONSOLE_URL')),
    smtpUrl: smtpUrl(env),
    mailFrom: env['ALCADA_MAIL_FROM'] ?? 'alcada@localhost',
    tokenIssuer: address(env, 'ALCADA_TOKEN_ISSUER'),
    baseUrl: env['ALCADA_BASE_URL'] ?? null,
    zone: zone(env['ALCADA_TIME_ZONE'] ?? 'America/Sao_Paulo'),
    logLevel: logLevel(env['LOG_LEVEL'] ?? 'INFO'),
    environment: env['ENV'] ?? 'production',
    maxConnections: integer(env, 'MAX_CONNECTIONS', 100, 1, 100_000),
    callTimeoutMs: integer(env, 'ALCADA_CALL_TIMEOUT_MS', 60_000, 100, 600_000),
    stdioTokenFile:
      env['ALCADA_STDIO'] === '1' ? required(env, 'ALCADA_TOKEN_FILE', 'a file with the caller’s token') : null,
  }
}

function credentials(env: Environment, erp: string): CredentialsSource {
  const path = env['ALCADA_CREDENTIALS_STORE']
  if (path) return { kind: 'store', path, key: storeKey(env) }
  const what = `the store of ${erp}, or \`ALCADA_SECRETS_FILE\`: its credentials in a file of mode 0600`
  if (!env['ALCADA_SECRETS_FILE']) throw new ConfigError(`expected \`ALCADA_CREDENTIALS_STORE\`: ${what}`)
  return { kind: 'file', path: env['ALCADA_SECRETS_FILE'] }
}

/** One place and no other: of two, somebody would change the one that is not read. */
function storeKey(env: Environment): StoreKeySource {
  const {
    ALCADA_CREDENTIALS_KEY_FILE: path,
    ALCADA_CREDENTIALS_KEY: text,
    ALCADA_CREDENTIALS_KEY_COMMAND: command,
  } = env
  if ([path, text, command].filter(Boolean).length !== 1) {
    const names = ['_FILE', '', '_COMMAND'].map((end) => `\`ALCADA_CREDENTIALS_KEY${end}\``)
    throw new ConfigError(`expected exactly one of ${names.join(', ')}: the key of the credential store`)
  }
  if (path) return { kind: 'file', path }
  if (text) return { kind: 'value', text: new Secret(text) }
  return { kind: 'command', words: (command ?? '').trim().split(/\s+/) }
}

function required(env: Environment, name: string, what: string): string {
  const value = env[name]
  if (value === undefined || value === '') throw new ConfigError(`expected \`${name}\`: ${what}`)
  return value
}

function integer(env: Environment, name: string, standard: number, least: number, most: number): number {
  const text = env[name]
  if (text === undefined) return standard
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= least && value <= most)) throw wrong(name, `a whole number from ${least} to ${most}`, text)
  return value
}

function list(env: Environment, name: string, standard: readonly string[]): readonly string[] {
  const text = env[name]
  return text === undefined ? standard : text.split(',').map((item) => item.trim())
}

function networks(env: Environment, name: string): readonly string[] {
  const found = list(env, name, [])
  const bad = found.find((item) => !isNetwork(item))
  if (bad !== undefined) throw wrong(name, 'addresses or networks such as `10.0.0.0/8`, apart by commas', bad)
  return found
}

function address(env: Environment, name: string): string | null {
  const text = env[name]
  if (text === undefined) return null
  if (webAddressKind(text) === null) throw wrong(name, 'an https address', text)
  return text
}

function smtpUrl(env: Environment): string | null {
  const text = env['ALCADA_SMTP_URL']
  if (text === undefined) return null
  // It may hold a password: it is not repeated.
  if (/^smtps?:\/\/[^/]/.test(text) && URL.canParse(text)) return text
  throw new ConfigError('expected `ALCADA_SMTP_URL` to be an address like `smtps://user:password@mail.example`')
}

function originOf(text: string | null): string | null {
  return text === null ? null : new URL(text).origin
}

// It holds a password: what is wrong with it is said without it.
function databaseUrl(text: string | undefined): string | null {
  if (text === undefined || text === '') return null
  if (/^postgres(ql)?:$/.test(URL.parse(text)?.protocol ?? '')) return text
  throw new ConfigError('expected `ALCADA_DATABASE_URL` to be an address like `postgres://user:password@host/database`')
}

function anchor(target: string): string {
  if (isAbsolute(target) || webAddressKind(target) !== null) return target
  throw wrong('ALCADA_ANCHOR', 'absolute paths of folders or https addresses, with commas between', target)
}

function replica(name: string): string {
  if (!/^([a-z0-9][a-z0-9-]{0,62})?$/.test(name)) throw wrong('ALCADA_REPLICA', 'a name like `a` or `omie-7f9c`', name)
  return name
}

function zone(name: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return name
  } catch {
    throw wrong('ALCADA_TIME_ZONE', 'a time zone like `America/Sao_Paulo`', name)
  }
}

function logLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((candidate) => candidate === text.toLowerCase())
  if (level === undefined) throw wrong('LOG_LEVEL', `one of ${LOG_LEVELS.join(', ').toUpperCase()}`, text)
  return level
}

function wrong(name: string, expected: string, got: string): ConfigError {
  return new ConfigError(`expected \`${name}\` to be ${expected}, got \`${got}\``)
}
