import pino, { type Logger } from 'pino'

/** Events with chosen fields, as JSON lines on stderr: stdout belongs to MCP over stdio. */
export interface Log {
  info(event: string, fields?: Fields): void
  warn(event: string, fields?: Fields): void
  error(event: string, fields?: Fields): void
}

type Fields = Record<string, string | number | boolean | null>

/** @param redact takes secrets out of every text before it is written */
export function createLog(erp: string, level: string, redact: (text: string) => string): Log {
  const logger: Logger = pino({ level, base: { erp }, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2))
  const clean = (fields: Fields): Fields =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? redact(value) : value]),
    )
  return {
    info: (event, fields = {}) => logger.info(clean(fields), event),
    warn: (event, fields = {}) => logger.warn(clean(fields), event),
    error: (event, fields = {}) => logger.error(clean(fields), event),
  }
}
