import { join } from 'node:path'
import { CHANNEL_TARGETS, type ChannelTarget } from '../engine/channel/target.ts'
import type { CredentialsSource } from './credentials/source.ts'
import { type ChannelSettings, channel, channelSettings } from './wiring/channel.ts'
import { credentialsSetting } from './wiring/credentials-setting.ts'
import { type LogSettings, logSettings } from './wiring/log.ts'
import { type RetentionSettings, retentionSettings } from './wiring/retention.ts'
import { address, type Environment, integer, list, networks, originOf, required, wrong } from './wiring/setting.ts'
import { anchor, databaseUrl, type LogLevel, logLevel, replica, smtpUrl, zone } from './wiring/setting-kinds.ts'
import { type TraceSettings, traceSettings } from './wiring/traces.ts'

/** Everything a server is told from outside, read once at the start. Paths as given, times in milliseconds. */
export interface ServerConfig {
  erp: string
  /** Where bundles are published to. */
  channel: ChannelTarget
  /** How to get at it, and how often to look. */
  channelAccess: ChannelSettings
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
  /** What stays in the ledger's database. The policy says how long the trail is kept in all. */
  retention: RetentionSettings
  /** Archives of the ledger. Default null: `archive` in the state folder. */
  archiveDir: string | null
  /** Receiver of OPA's decision logs: `<url>/logs`. null: nothing is sent. */
  decisionLogUrl: string | null
  /** Holds the bearer token for it. */
  decisionLogTokenFile: string | null
  traces: TraceSettings
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
  /** The folders that programs of `kind: mcp` are looked for in, apart as in PATH. Default null: none is run. */
  upstreamPath: string | null
  zone: string
  logLevel: LogLevel
  log: LogSettings
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
    channel: channel(required(env, 'ALCADA_CHANNEL', `where bundles are published to: ${CHANNEL_TARGETS}`)),
    channelAccess: channelSettings(env),
    trustFile: required(
      env,
      'ALCADA_TRUST_FILE',
      'a trust.json with the public bundle key; `alcada keys list` shows yours',
    ),
    tokenKeysFile: required(env, 'ALCADA_TOKEN_KEYS_FILE', 'the public keys of the token issuer'),
    credentials: credentialsSetting(env, erp),
    stateDir: join(stateDir),
    databaseUrl: databaseUrl(env['ALCADA_DATABASE_URL']),
    replica: replica(env['ALCADA_REPLICA'] ?? ''),
    maskKeyFile: env['ALCADA_MASK_KEY_FILE'] ?? null,
    retention: retentionSettings(env),
    archiveDir: env['ALCADA_ARCHIVE_DIR'] ?? null,
    decisionLogUrl: address(env, 'ALCADA_DECISION_LOG_URL'),
    decisionLogTokenFile: env['ALCADA_DECISION_LOG_TOKEN_FILE'] ?? null,
    traces: traceSettings(env),
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
    upstreamPath: env['ALCADA_UPSTREAM_PATH'] || null,
    zone: zone(env['ALCADA_TIME_ZONE'] ?? 'America/Sao_Paulo'),
    logLevel: logLevel(env['LOG_LEVEL'] ?? 'INFO'),
    log: logSettings(env),
    environment: env['ENV'] ?? 'production',
    maxConnections: integer(env, 'MAX_CONNECTIONS', 100, 1, 100_000),
    callTimeoutMs: integer(env, 'ALCADA_CALL_TIMEOUT_MS', 60_000, 100, 600_000),
    stdioTokenFile:
      env['ALCADA_STDIO'] === '1' ? required(env, 'ALCADA_TOKEN_FILE', 'a file with the caller’s token') : null,
  }
}
