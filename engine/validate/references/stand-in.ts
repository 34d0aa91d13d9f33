import type { Erp } from '../../contract/erp.ts'
import { readPointer } from '../../contract/pointer.ts'
import type { StandInFile, StandInPlace, StandInRoute } from '../../contract/stand-in.ts'
import type { Native, ToolsFile } from '../../contract/tool.ts'
import { suggest } from '../nearest.ts'
import { pointerOf, type Reporter } from '../place.ts'
import { checkAuth, credentialNames } from './erp.ts'
import { guardMaker } from './tool-schema.ts'

/** What a stand-in says of itself and of the ERP it stands for; and that it serves what the tools ask for. */
export function checkStandIn(erp: Erp, file: StandInFile, tools: ToolsFile | null, report: Reporter): void {
  if (erp.kind === 'mcp') {
    const help = 'remove the file: the upstream server itself is tried out'
    report.at('', { code: 'KIND_MISMATCH', message: 'an ERP of kind `mcp` has no stand-in', help })
    return
  }
  checkAuth(erp, file.auth ?? [], '/auth', report)
  for (const name of Object.keys(file.plain ?? {})) {
    if ((erp.credentials.plain ?? []).includes(name)) continue
    const secret = credentialNames(erp).includes(name)
    const message = secret ? `credential \`${name}\` is a secret` : `credential \`${name}\` is not in erp.yaml`
    const help = secret
      ? 'remove it: secrets are made anew at each start'
      : suggest(name, erp.credentials.plain ?? [], 'credential')
    report.atKey(`/plain${pointerOf(name)}`, { code: 'CREDENTIAL_UNKNOWN', message, help })
  }
  checkSeeds(file, report)
  const guardOf = guardMaker()
  for (const [index, route] of (file.routes ?? []).entries()) {
    const at = pointerOf('routes', index)
    checkRoute(erp, file, route, at, report)
    if (route.body === undefined || guardOf(route.body) !== null) continue
    const help = 'correct it; references may only lead inside'
    report.at(`${at}/body`, { code: 'SCHEMA_MALFORMED', message: '`body` is no JSON Schema that can be used', help })
  }
  if (tools !== null) checkServed(erp, file, tools, report)
}

function checkSeeds({ collections = {} }: StandInFile, report: Reporter): void {
  for (const [name, { key = '/id', unique = [], seed }] of Object.entries(collections)) {
    const at = pointerOf('collections', name, 'seed')
    for (const pointer of new Set([key, ...unique])) {
      const seen = new Set<unknown>()
      for (const [index, record] of seed.entries()) {
        const value = readPointer(record, pointer)
        if (pointer === key && typeof value !== 'string' && typeof value !== 'number') {
          const help = `add it, or say in \`key\` where the identifier of \`${name}\` stands`
          report.at(`${at}/${index}`, { code: 'KEY_MISSING', message: `no identifier at \`${key}\``, help })
        } else if (value !== undefined && seen.has(value)) {
          const message = `another record has \`${String(value)}\` at \`${pointer}\` already`
          report.at(`${at}/${index}`, { code: 'VALUE_REPEATED', message, help: 'give it a value of its own' })
        }
        seen.add(value)
      }
    }
  }
}

function checkRoute(erp: Erp, file: StandInFile, route: StandInRoute, at: string, report: Reporter): void {
  const collections = Object.keys(file.collections ?? {})
  if (!collections.includes(route.of)) {
    const message = `collection \`${route.of}\` is not declared under \`collections\``
    report.at(`${at}/of`, { code: 'COLLECTION_UNKNOWN', message, help: suggest(route.of, collections, 'collection') })
  }
  if (route.paging !== undefined && erp.paging[route.paging] === undefined) {
    const message = `paging \`${route.paging}\` is not in erp.yaml`
    const help = suggest(route.paging, Object.keys(erp.paging), 'paging')
    report.at(`${at}/paging`, { code: 'PAGING_UNKNOWN', message, help })
  }
  if (route.does !== 'list' && route.does !== 'create') {
    checkPlace(route.id ?? { path: 'id' }, route.path, route.id === undefined ? `${at}/path` : `${at}/id`, report)
  }
  for (const [index, filter] of (route.filters ?? []).entries()) {
    checkPlace(filter, route.path, `${at}${pointerOf('filters', index)}`, report)
  }
}

function checkPlace(place: StandInPlace, path: string, at: string, report: Reporter): void {
  if (!('path' in place) || path.includes(`{${place.path}}`)) return
  const message = `the path has no place \`{${place.path}}\``
  report.at(at, {
    code: 'PATH_PARAMETER',
    message,
    help: `write it into the path, or say where \`${place.path}\` comes from`,
  })
}

/** Each tool's calls have something that serves them; a tool without shows up in `verify-erp` as failed. */
function checkServed(erp: Erp, file: StandInFile, { tools }: ToolsFile, report: Reporter): void {
  for (const [name, tool] of Object.entries(tools)) {
    const calls = [tool.native, ...(tool.merge === undefined ? [] : [tool.merge.native])]
    const missing = calls.find((native) => !serves(erp, file, native))
    if (missing === undefined) continue
    const asked = `${methodOf(erp, missing)} ${missing.path}${missing.call === undefined ? '' : ` (${missing.call})`}`
    const help = 'add a route or an exchange for it'
    const message = `nothing serves \`${name}\`: ${asked}`
    report.at('', { code: 'STAND_IN_UNSERVED', message, help, severity: 'warning' })
  }
}

function serves(erp: Erp, { routes = [], exchanges = [] }: StandInFile, native: Native): boolean {
  const method = methodOf(erp, native)
  const named = ({ when = {} }: StandInRoute): boolean => {
    const values = Object.values(when)
    return native.call === undefined || values.length === 0 || values.includes(native.call)
  }
  return (
    routes.some((route) => route.method === method && sameWay(route.path, native.path) && named(route)) ||
    exchanges.some((one) => one.method === method && sameWay(one.path, native.path))
  )
}

function methodOf(erp: Erp, { method }: Native): string {
  return method ?? erp.request?.method ?? 'POST'
}

const PART = /^\{.*\}$/

/** Whether a call made from one of the paths may fit the other. */
function sameWay(a: string, b: string): boolean {
  const [left, right] = [a.split('/'), b.split('/')]
  const same = (part: string, index: number): boolean => {
    const other = right[index] ?? ''
    return part === other || PART.test(part) || PART.test(other)
  }
  return left.length === right.length && left.every(same)
}
