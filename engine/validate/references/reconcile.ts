import type { CatalogueTool } from '../../contract/catalogue.ts'
import { tokensOf } from '../../contract/pointer.ts'
import type { ReconcileMap, SettlementCall, SettlementMap } from '../../contract/reconcile.ts'
import { RECORDS } from '../../contract/universal/record.ts'
import { UNIVERSAL_TOOLS } from '../../contract/universal/tool.ts'
import { suggest } from '../nearest.ts'
import { pointerOf, type Reporter } from '../place.ts'
import { propertiesOf } from '../schema-path.ts'

type Tools = Readonly<Record<string, CatalogueTool>>

/** What `alcada reconcile` reads and compares exists: a mistake here would look like a difference, or hide one. */
export function checkReconcile(map: ReconcileMap, tools: Tools, report: Reporter): void {
  for (const [index, settlements] of map.settlements.entries()) {
    checkSettlements(settlements, tools, pointerOf('reconcile', 'settlements', index), report)
  }
  for (const [index, name] of (map.bank ?? []).entries())
    readTool(name, tools, pointerOf('reconcile', 'bank', index), report)
}

function checkSettlements(map: SettlementMap, tools: Tools, at: string, report: Reporter): void {
  const list = readTool(map.list, tools, `${at}/list`, report)
  if (map.read !== undefined) readTool(map.read, tools, `${at}/read`, report)
  const takes = list === null ? null : propertiesOf(list.input)
  const { most: _, ...days } = map.days ?? {}
  for (const [key, argument] of takes === null ? [] : Object.entries(days)) {
    known(argument, takes ?? [], 'argument', `${at}/days/${key}`, 'ARGUMENT_UNKNOWN', report)
  }
  // Of an upstream's records the shape is its own.
  const record = RECORDS[UNIVERSAL_TOOLS[map.list]?.record ?? '']
  for (const [key, pointers] of record === undefined ? [] : Object.entries(map.record)) {
    for (const pointer of [pointers].flat()) {
      known(pointer, Object.keys(record ?? {}), 'field', `${at}/record/${key}`, 'FIELD_UNKNOWN', report)
    }
  }
  for (const [name, call] of Object.entries(map.calls)) {
    const base = `${at}/calls${pointerOf(name)}`
    const tool = Object.hasOwn(tools, name) ? tools[name] : undefined
    if (tool === undefined) known(name, Object.keys(tools), 'tool', base, 'TOOL_UNKNOWN', report, 'key')
    else checkCall(call, tool, base, report)
  }
}

function checkCall(call: SettlementCall, tool: CatalogueTool, at: string, report: Reporter): void {
  const { does: _, ...pointers } = call
  for (const [key, pointer] of Object.entries(pointers).flatMap(([key, many]) =>
    [many].flat().map((one): [string, string] => [key, one]),
  )) {
    const [room, name = ''] = tokensOf(pointer)
    if (room === 'args') known(name, propertiesOf(tool.input), 'argument', `${at}/${key}`, 'ARGUMENT_UNKNOWN', report)
    else if (room !== 'result') {
      const message = `\`${pointer}\` leads nowhere: a call has \`/args\` and \`/result\``
      report.at(`${at}/${key}`, { code: 'POINTER_UNKNOWN', message, help: 'write `/args/…` or `/result/…`' })
    }
  }
}

function readTool(name: string, tools: Tools, at: string, report: Reporter): CatalogueTool | null {
  const tool = Object.hasOwn(tools, name) ? tools[name] : undefined
  if (tool === undefined) {
    known(name, Object.keys(tools), 'tool', at, 'TOOL_UNKNOWN', report)
    return null
  }
  if (tool.effect === 'read') return tool
  const message = `expected a tool with effect \`read\`, got \`${tool.effect}\``
  report.at(at, { code: 'TOOL_NOT_READ', message, help: 'a comparison changes nothing' })
  return null
}

function known(
  name: string,
  names: readonly string[],
  what: 'tool' | 'argument' | 'field',
  at: string,
  code: string,
  report: Reporter,
  part: 'key' | 'value' = 'value',
): void {
  if (names.includes(name)) return
  const fault = { code, message: `${what} \`${name}\` does not exist here`, help: suggest(name, names, what) }
  if (part === 'key') report.atKey(at, fault)
  else report.at(at, fault)
}
