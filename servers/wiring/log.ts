import { join } from 'node:path'
import pino, { type Logger } from 'pino'
import { maskText } from '../../engine/contract/mask.ts'
import { type LogFile, openLogFile } from '../ops/log-file.ts'
import { type Environment, integer } from './setting.ts'

/** Events with chosen fields, as JSON lines. */
export interface Log {
  info(event: string, fields?: Fields): void
  warn(event: string, fields?: Fields): void
  error(event: string, fields?: Fields): void
}

/** The log of a server process, in files or on stderr: stdout belongs to MCP over stdio. */
export interface ServerLog extends Log {
  /** Removes files older than so many days. */
  keep(days: number): void
  /** How it is written, and why not where it should be. */
  state(): { to: 'files' | 'stderr'; failure: string | null }
}

export interface LogSettings {
  /** `<folder>/<erp>/{app,security,access}.log`. Null: stderr. */
  folder: string | null
  /** A file above it is put aside before the day is over. */
  maxBytes: number
}

export interface LogOptions extends LogSettings {
  erp: string
  /** Of what is neither security nor access: those are written whatever it says. */
  level: string
  /** Takes secrets out of every text before it is written; personal values are hidden whatever wrote them. */
  redact: (text: string) => string
  /** Default Date.now. */
  now?: () => number
}

type Fields = Record<string, string | number | boolean | null>
type Name = 'app' | 'security' | 'access'

const MB = 1_024 * 1_024
/** What an event is called, up to its first dot, where it does not belong to app.log. */
const NAME_OF: Readonly<Record<string, Name>> = {
  call: 'access',
  request: 'access',
  approval: 'security',
  approvals: 'security',
  authentication: 'security',
  credentials: 'security',
  login: 'security',
  overlay: 'security',
  revocation: 'security',
  token_keys: 'security',
  trust: 'security',
}

/** Characters of a field: enough for the stack of an error. */
const LONGEST = 8_000

export function logSettings(env: Environment): LogSettings {
  const folder = env['ALCADA_LOG_DIR'] ?? ''
  return { folder: folder === '' ? null : folder, maxBytes: MB * integer(env, 'ALCADA_LOG_MAX_MB', 50, 1, 10_000) }
}

export function createLog({ erp, level, redact, folder, maxBytes, now = Date.now }: LogOptions): ServerLog {
  const files = new Map<Name, LogFile>()
  const logger = (name: Name): Logger => {
    // Whoever asks for less of the program's own words still gets every call and every refusal.
    const least = name === 'app' || level === 'trace' || level === 'debug' ? level : 'info'
    const options = { level: folder === null ? level : least, base: { erp }, timestamp: pino.stdTimeFunctions.isoTime }
    if (folder === null) return pino(options, pino.destination(2))
    const otherwise = (line: string): void => void process.stderr.write(line)
    const file = openLogFile({ folder: join(folder, erp), name, maxBytes, now, otherwise })
    files.set(name, file)
    return pino(options, { write: file.write })
  }
  const loggers = { app: logger('app'), security: logger('security'), access: logger('access') }
  const of = (event: string): Logger => loggers[NAME_OF[event.split('.')[0] ?? ''] ?? 'app']
  const clean = (fields: Fields): Fields =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        name,
        typeof value === 'string' ? maskText(redact(value), LONGEST) : value,
      ]),
    )
  return {
    info: (event, fields = {}) => of(event).info(clean(fields), event),
    warn: (event, fields = {}) => of(event).warn(clean(fields), event),
    error: (event, fields = {}) => of(event).error(clean(fields), event),
    keep(days) {
      for (const file of files.values()) file.keep(days)
    },
    state() {
      const failures = [...files.values()].map((file) => file.failure())
      return {
        to: folder === null ? 'stderr' : 'files',
        failure: failures.find((failure) => failure !== null) ?? null,
      }
    },
  }
}
