import pino, { type Logger } from 'pino'

/** Events with chosen fields, as JSON lines on stderr: stdout belongs to MCP over stdio. */
export interface Log {
  info(event: string, fields?: Fields): void
  warn(event: string, fields?: Fields): void
  error(event: string, fields?: Fields): void
}

type Fields = Record<string, string | number | boolean | null>

export function createLog(erp: string, level: string): Log {
  const logger: Logger = pino({ level, base: { erp }, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2))
  return {
    info: (event, fields = {}) => logger.info(fields, event),
    warn: (event, fields = {}) => logger.warn(fields, event),
    error: (event, fields = {}) => logger.error(fields, event),
  }
}
