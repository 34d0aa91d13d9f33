import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { type OutputKind, outputsIn, secretsIn } from './gathered.ts'
import { PLANTED } from './person.ts'
import { type Planted, searchFor } from './search.ts'

export interface Leak {
  /** The test's file. */
  test: string
  source: string
  /** What kind of value it is, never the value. */
  what: string
}

const ROOT = join(import.meta.dirname, '..', '..', '..')
/** Whoever holds one is let in, or may sign. */
const TOKENS: readonly [what: string, pattern: RegExp][] = [
  ['a signed token', /(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,}/],
  ['a private key', /"d"\s*:\s*"[\w-]{43}"|PRIVATE KEY-----/],
]

/** Personal values and secrets in what a whole run let out. Empty: there are none. */
export function leaksIn(folder: string): Leak[] {
  const secrets = secretsIn(folder).map((value): Planted => ({ what: 'a credential', value, as: 'exact' }))
  const secret = searchFor(secrets)
  const personal = searchFor([...PLANTED.filter(({ what }) => !SHORT.has(what)), ...seeded()])
  const searches: Readonly<Record<OutputKind, (text: string) => string[]>> = {
    open: (text) => [
      ...secret(text),
      ...personal(text),
      ...TOKENS.flatMap(([what, at]) => (at.test(text) ? [what] : [])),
    ],
    reply: secret,
  }
  const found = [...outputsIn(folder)].flatMap(({ kind, source, test, text }) =>
    searches[kind](text).map((what): Leak => ({ test, source, what })),
  )
  return [...new Map(found.map((leak) => [JSON.stringify(leak), leak])).values()]
}

/** In so much text they stand by chance. */
const SHORT = new Set(['account', 'branch'])

/** Fields of the stand-ins' seed data, by what they hold. */
const FIELDS: Readonly<Record<string, Pick<Planted, 'what' | 'as'>>> = {
  cnpj_cpf: { what: 'a document of the seed data', as: 'number' },
  document: { what: 'a document of the seed data', as: 'number' },
  number: { what: 'a document of the seed data', as: 'number' },
  email: { what: 'an e-mail address of the seed data', as: 'words' },
  phone: { what: 'a telephone number of the seed data', as: 'number' },
  pixKey: { what: 'a PIX key of the seed data', as: 'words' },
  cChavePix: { what: 'a PIX key of the seed data', as: 'words' },
}

/** Everybody in the seed data of the stand-ins. */
function seeded(): Planted[] {
  const found = new Map<string, Planted>()
  const folders = readdirSync(join(ROOT, 'erps')).map((erp) => join(ROOT, 'erps', erp, 'sandbox'))
  // An upstream MCP server has no stand-in.
  for (const folder of folders.filter((one) => existsSync(one))) {
    for (const name of readdirSync(folder)) {
      const text = readFileSync(join(folder, name), 'utf8')
      const data: unknown = name.endsWith('.json') ? JSON.parse(text) : parse(text)
      JSON.stringify(data, (key, value: unknown) => {
        const field = FIELDS[key]
        if (field === undefined || typeof value !== 'string') return value
        const bare = field.as === 'number' ? value.replace(/^\+55/, '').replace(/[^0-9A-Z]/g, '') : value
        if (bare.length >= 10 && !found.has(bare) && !KNOWN.has(bare)) found.set(bare, { ...field, value: bare })
        return value
      })
    }
  }
  return [...found.values()]
}

/** The companies that act, and who is planted already. */
const KNOWN = new Set(['12345678000195', '12ABC34501DE35', ...PLANTED.map(({ value }) => value)])
