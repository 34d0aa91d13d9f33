import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { ALERTS_SCHEMA } from '../../engine/validate/schemas/alerts.ts'
import { RBAC_SCHEMA, SECURITY_SCHEMA } from '../../engine/validate/schemas/policy.ts'
import { readConfig } from '../../servers/config.ts'

const textOf = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')

const REQUIRED = {
  ALCADA_ERP: 'omie',
  ALCADA_CHANNEL: 'c',
  ALCADA_TRUST_FILE: 't',
  ALCADA_TOKEN_KEYS_FILE: 'k',
  ALCADA_STATE_DIR: 's',
}

/** The names of the environment that a server asks for with these settings. */
function askedFor(settings: Record<string, string>): string[] {
  const asked = new Set<string>()
  readConfig(
    new Proxy<Record<string, string>>(settings, {
      get(target, name) {
        if (typeof name === 'string') asked.add(name)
        return Reflect.get(target, name)
      },
    }),
  )
  return [...asked]
}

describe('servers/README.md', () => {
  const read = new Set([
    ...askedFor({ ...REQUIRED, ALCADA_CREDENTIALS_STORE: 'store', ALCADA_CREDENTIALS_KEY_FILE: 'key' }),
    ...askedFor({ ...REQUIRED, ALCADA_SECRETS_FILE: 'f', ALCADA_STDIO: '1', ALCADA_TOKEN_FILE: 'token' }),
  ])
  const named = new Set(textOf('servers/README.md').match(/\b(ALCADA_[A-Z_]+|LOG_LEVEL|MAX_CONNECTIONS|ENV)\b(?=`)/g))

  test('names every setting that a server reads', () => {
    expect(read.size).toBeGreaterThan(30)
    expect([...read.difference(named)]).toEqual([])
  })

  test('names no setting that a server does not read', () => {
    expect([...named.difference(read)]).toEqual([])
  })
})

/** Names of properties at any depth of a JSON Schema; what somebody may call as they like has no name here. */
function keysOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  return Object.entries(schema).flatMap(([keyword, inner]: [string, unknown]) => {
    if (keyword !== 'properties' || typeof inner !== 'object' || inner === null) return keysOf(inner)
    return Object.entries(inner).flatMap(([key, value]) => [key, ...keysOf(value)])
  })
}

describe('policies/README.md', () => {
  const known = new Set([RBAC_SCHEMA, SECURITY_SCHEMA, ALERTS_SCHEMA].flatMap(keysOf))
  const text = textOf('policies/README.md')
  const words = new Set([...text.matchAll(/`([^`]+)`/g)].flatMap(([, code = '']) => code.match(/[a-z_]+/g) ?? []))

  test('has a word on every key of the three files', () => {
    expect(known.size).toBeGreaterThan(60)
    expect([...known.difference(words)].sort()).toEqual([])
  })

  test('has a row for no key that there is not', () => {
    const tables = text.split('\n\n').filter((part) => /^\| `(rbac|security|alerts)\.yaml`/.test(part.trimStart()))
    const rows = tables.flatMap((table) => table.trim().split('\n').slice(2))
    const first = rows.map((row) => row.split(' | ')[0]?.replace(/<[a-z_]+>/g, '') ?? '')
    // Two alerts are raised whatever is written.
    const cells = first.filter((cell) => !cell.endsWith(', no key'))
    expect(first.length - cells.length).toBe(2)
    const keys = cells.flatMap((cell) =>
      [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, key = '']) => key.match(/[a-z_]+/g) ?? []),
    )
    expect(tables).toHaveLength(3)
    expect(rows.length).toBeGreaterThan(50)
    expect(keys.filter((key) => !known.has(key))).toEqual([])
  })
})
