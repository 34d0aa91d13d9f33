import { isAbsolute } from 'node:path'
import { webAddressKind } from '../../engine/contract/web-address.ts'
import { ConfigError, type Environment, wrong } from './setting.ts'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export function smtpUrl(env: Environment): string | null {
  const text = env['ALCADA_SMTP_URL']
  if (text === undefined) return null
  // It may hold a password: it is not repeated.
  if (/^smtps?:\/\/[^/]/.test(text) && URL.canParse(text)) return text
  throw new ConfigError('expected `ALCADA_SMTP_URL` to be an address like `smtps://user:password@mail.example`')
}

// It holds a password: what is wrong with it is said without it.
export function databaseUrl(text: string | undefined): string | null {
  if (text === undefined || text === '') return null
  if (/^postgres(ql)?:$/.test(URL.parse(text)?.protocol ?? '')) return text
  throw new ConfigError('expected `ALCADA_DATABASE_URL` to be an address like `postgres://user:password@host/database`')
}

export function anchor(target: string): string {
  if (isAbsolute(target) || webAddressKind(target) !== null) return target
  throw wrong('ALCADA_ANCHOR', 'absolute paths of folders or https addresses, with commas between', target)
}

export function replica(name: string): string {
  if (!/^([a-z0-9][a-z0-9-]{0,62})?$/.test(name)) throw wrong('ALCADA_REPLICA', 'a name like `a` or `omie-7f9c`', name)
  return name
}

export function zone(name: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return name
  } catch {
    throw wrong('ALCADA_TIME_ZONE', 'a time zone like `America/Sao_Paulo`', name)
  }
}

export function logLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((candidate) => candidate === text.toLowerCase())
  if (level === undefined) throw wrong('LOG_LEVEL', `one of ${LOG_LEVELS.join(', ').toUpperCase()}`, text)
  return level
}
