import { webAddressKind } from '../../engine/contract/web-address.ts'
import { isNetwork } from '../identity/source.ts'

/** A setting that is missing or wrong: its name, what was expected and what to do. */
export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID'

  constructor(message: string) {
    super(message)
    this.name = 'ConfigError'
  }
}

export type Environment = Readonly<Record<string, string | undefined>>

export function required(env: Environment, name: string, what: string): string {
  const value = env[name]
  if (value === undefined || value === '') throw new ConfigError(`expected \`${name}\`: ${what}`)
  return value
}

export function integer(env: Environment, name: string, standard: number, least: number, most: number): number {
  const text = env[name]
  if (text === undefined) return standard
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= least && value <= most)) throw wrong(name, `a whole number from ${least} to ${most}`, text)
  return value
}

export function list(env: Environment, name: string, standard: readonly string[]): readonly string[] {
  const text = env[name]
  return text === undefined ? standard : text.split(',').map((item) => item.trim())
}

export function networks(env: Environment, name: string): readonly string[] {
  const found = list(env, name, [])
  const bad = found.find((item) => !isNetwork(item))
  if (bad !== undefined) throw wrong(name, 'addresses or networks such as `10.0.0.0/8`, apart by commas', bad)
  return found
}

export function address(env: Environment, name: string): string | null {
  const text = env[name]
  if (text === undefined) return null
  if (webAddressKind(text) === null) throw wrong(name, 'an https address', text)
  return text
}

export function originOf(text: string | null): string | null {
  return text === null ? null : new URL(text).origin
}

export function wrong(name: string, expected: string, got: string): ConfigError {
  return new ConfigError(`expected \`${name}\` to be ${expected}, got \`${got}\``)
}
