import type { Catalogue, CatalogueTool } from '../../contract/catalogue.ts'
import type { Erp } from '../../contract/erp.ts'
import { authChanges } from './auth-changes.ts'

/**
 * What changed in how an ERP is reached and called, one sentence each. None of it shows in a matrix of decisions: the
 * same decision about another host, another call or other facts is another thing.
 */
export function catalogueChanges(erp: string, before: Catalogue | undefined, after: Catalogue | undefined): string[] {
  if (before === undefined) return [`the ERP ${erp} is new`]
  if (after === undefined) return [`the ERP ${erp} is gone`]
  const [was, is] = [withoutAuth(before.erp), withoutAuth(after.erp)]
  return [
    ...differing(was, is).map(
      (key) =>
        `${ERP_WORDS[key] ?? `\`${key}\``} of erp.yaml changed${detail(Reflect.get(was, key), Reflect.get(is, key))}`,
    ),
    ...authChanges(before.erp.connection, after.erp.connection),
    ...differing(before.records, after.records).map((name) => `how a record \`${name}\` is read changed`),
    ...[...new Set([...Object.keys(before.tools), ...Object.keys(after.tools)])].sort().flatMap((name) => {
      const [old, now] = [before.tools[name], after.tools[name]]
      if (old === undefined) return [`the tool ${name} is new: it ${effectOf(now)}`]
      if (now === undefined) return [`the tool ${name} is gone`]
      return differing(old, now).map(
        (key) =>
          `${TOOL_WORDS[key] ?? `\`${key}\``} of ${name} changed${detail(Reflect.get(old, key), Reflect.get(now, key))}`,
      )
    }),
  ]
}

const ERP_WORDS: Readonly<Record<string, string>> = {
  connection: 'the connection (hosts and addresses)',
  process: 'the program that is run',
  credentials: 'what a credential consists of',
  limits: 'the limits',
  errors: 'the meaning of errors',
  request: 'the envelope of requests',
}

const TOOL_WORDS: Readonly<Record<string, string>> = {
  pin: 'the accepted state (pin)',
  native: 'the native call',
  args: 'the arguments sent',
  input: 'the arguments taken',
  output: 'the shape of the result',
  resolve: 'what is read before deciding',
  facts: 'where the facts come from',
  effect: 'the effect',
  effectOverrides: 'what raises the effect',
  permission: 'the permission',
  sensitiveFields: 'the sensitive fields',
  sensitive: 'the sensitive fields',
  confirm: 'how it is confirmed',
  merge: 'how a change is merged',
}

/** What of it changed in `auth` has sentences of its own. */
function withoutAuth(erp: Erp): object {
  return { ...erp, connection: { ...erp.connection, auth: [] } }
}

const SHOWN = 3

/** What it was and what it is, place by place: ` (/host: api.example.com, was app.example.com)`. */
function detail(old: unknown, now: unknown): string {
  const places = leafChanges(old, now)
  const told = places.slice(0, SHOWN).map(([place, was, is]) => `${place === '' ? '' : `${place}: `}${is}, was ${was}`)
  const more = places.length > SHOWN ? [`and ${places.length - SHOWN} more`] : []
  return places.length === 0 ? '' : ` (${[...told, ...more].join('; ')})`
}

function leafChanges(old: unknown, now: unknown, place = ''): [string, string, string][] {
  if (JSON.stringify(old) === JSON.stringify(now)) return []
  if (!isMap(old) || !isMap(now)) return [[place, short(old), short(now)]]
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort()
  return keys.flatMap((key) => leafChanges(old[key], now[key], `${place}/${key}`))
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function short(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}

function effectOf(tool: CatalogueTool | undefined): string {
  return tool === undefined ? '' : `has the effect ${tool.effect} and asks for the permission ${tool.permission}`
}

function differing(a: object, b: object): string[] {
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))]
  const keys = [...new Set([...left.keys(), ...right.keys()])].sort()
  return keys.filter((key) => JSON.stringify(left.get(key)) !== JSON.stringify(right.get(key)))
}
