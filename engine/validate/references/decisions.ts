import type { ValidateFunction } from 'ajv'
import type { CatalogueTool } from '../../contract/catalogue.ts'
import { DECISION_INPUT_SCHEMA } from '../../contract/decision-schema.ts'
import { readPointer } from '../../contract/pointer.ts'
import type { DecisionRow, DecisionTable } from '../decision-table.ts'
import { suggest } from '../nearest.ts'
import { pointerOf, type Reporter } from '../place.ts'
import type { RbacFile } from '../policy-files.ts'
import { callOf } from '../row-call.ts'
import { mayHold } from '../schema-path.ts'
import { faultsOf } from '../shape-faults.ts'
import { matchesPattern } from '../tool-pattern.ts'
import { checkExample } from './examples.ts'
import { checkRole } from './rbac.ts'
import { guardMaker } from './tool-schema.ts'

type Tools = Readonly<Record<string, CatalogueTool>>
type Roles = RbacFile['rbac']['roles']

/** decisions.yaml: every tool has an example and a row, and every row is a call that could be made. */
export function checkDecisions(table: DecisionTable, tools: Tools, roles: Roles, report: Reporter): void {
  const guards = new Map<string, ValidateFunction | null>()
  const guardOf = guardMaker()
  for (const [name, tool] of Object.entries(tools)) guards.set(name, guardOf(tool.input))
  checkCoverage(table, tools, report)
  for (const [name, example] of Object.entries(table.examples)) {
    const tool = known(name, tools, pointerOf('examples', name), 'key', report)
    const guard = guards.get(name)
    if (tool === null) continue
    if (guard !== null && guard !== undefined)
      checkArgs(guard, example.args, pointerOf('examples', name, 'args'), 'EXAMPLE_INVALID', report)
    checkExample(tool, example, tools, report)
  }
  for (const [index, row] of table.rows.entries()) {
    const at = pointerOf('decisions', index)
    checkRoles(row, at, roles, report)
    const tool = known(row.does, tools, `${at}/does`, 'value', report)
    if (tool !== null) checkRow(table, row, tool, guards.get(row.does) ?? null, at, report)
  }
  checkIndifferent(table, tools, report)
}

function checkIndifferent(table: DecisionTable, tools: Tools, report: Reporter): void {
  for (const [pattern, reasons] of Object.entries(table.indifferent)) {
    const at = pointerOf('indifferent', pattern)
    if (!Object.keys(tools).some((name) => matchesPattern(pattern, name))) known(pattern, tools, at, 'key', report)
    for (const pointer of Object.keys(reasons)) {
      if (/^\/(args|resolved)(\/|$)/.test(pointer)) continue
      checkGiven(pointer, `${at}${pointerOf(pointer)}`, report)
    }
  }
}

function checkGiven(pointer: string, at: string, report: Reporter): void {
  if (mayHold(DECISION_INPUT_SCHEMA, pointer)) return
  const message = `\`${pointer}\` is not in the input of a decision`
  report.atKey(at, { code: 'GIVEN_UNKNOWN', message, help: suggest(pointer, GIVEN, 'pointer') })
}

function checkCoverage(table: DecisionTable, tools: Tools, report: Reporter): void {
  for (const name of Object.keys(tools)) {
    if (!Object.hasOwn(table.examples, name)) {
      const message = `tool \`${name}\` has no example`
      report.atKey('/examples', {
        code: 'TOOL_WITHOUT_EXAMPLE',
        message,
        help: `add a complete, valid call: \`${name}: { args: … }\``,
      })
    }
    if (!table.rows.some((row) => row.does === name)) {
      const message = `no row says who may do \`${name}\``
      report.atKey('/decisions', { code: 'TOOL_WITHOUT_DECISION', message, help: `add a row with \`does: ${name}\`` })
    }
  }
}

function known(name: string, tools: Tools, at: string, part: 'key' | 'value', report: Reporter): CatalogueTool | null {
  const tool = Object.hasOwn(tools, name) ? tools[name] : undefined
  if (tool !== undefined) return tool
  const help = suggest(name, Object.keys(tools), 'tool')
  const fault = { code: 'TOOL_UNKNOWN', message: `tool \`${name}\` is not defined in tools.yaml`, help }
  if (part === 'key') report.atKey(at, fault)
  else report.at(at, fault)
  return null
}

function checkRoles(row: DecisionRow, at: string, roles: Roles, report: Reporter): void {
  const single = typeof readPointer(report.file.value, `${at}/as`) === 'string'
  for (const [index, role] of row.as.entries())
    checkRole(role, roles, single ? `${at}/as` : `${at}/as/${index}`, report)
  if (row.then.effect !== 'require_approval') return
  for (const [index, role] of row.then.roles.entries()) {
    checkRole(role, roles, `${at}${pointerOf('then', 'require_approval', 'roles', index)}`, report)
  }
}

function checkRow(
  table: DecisionTable,
  row: DecisionRow,
  tool: CatalogueTool,
  guard: ValidateFunction | null,
  at: string,
  report: Reporter,
): void {
  const example = table.examples[row.does]
  if (example === undefined) return
  let judged = true
  for (const pointer of Object.keys(row.with)) {
    const argument = pointer.startsWith('/args/') && mayHold(tool.input, pointer.slice('/args'.length))
    if (argument || readPointer(example, pointer) !== undefined || expectsInputRefusal(row)) continue
    judged = false
    const message = `\`${pointer}\` is not in the example of \`${row.does}\``
    const help = suggest(
      pointer,
      ['/args', '/resolved'].flatMap((room) => pointersIn(example, room)),
      'pointer',
    )
    report.atKey(`${at}/with${pointerOf(pointer)}`, { code: 'WITH_UNKNOWN', message, help })
  }
  for (const pointer of Object.keys(row.given)) checkGiven(pointer, `${at}/given${pointerOf(pointer)}`, report)
  for (const [index, pointer] of (row.masks ?? []).entries()) {
    const fields = tool.sensitiveFields.map((field) => field.pointer)
    if (fields.includes(pointer)) continue
    const message = `\`${pointer}\` is no sensitive field of \`${tool.name}\``
    report.at(`${at}${pointerOf('masks', index)}`, {
      code: 'MASK_UNKNOWN',
      message,
      help: suggest(pointer, fields, 'field'),
    })
  }
  const call = callOf(table, row)
  if (!judged || guard === null || call === null || expectsInputRefusal(row)) return
  if (Object.keys(row.with).some((pointer) => pointer.startsWith('/args'))) {
    checkArgs(guard, call.args, `${at}/with`, 'ROW_INVALID', report)
  }
}

const GIVEN = [
  '/history/settled_today',
  '/history/rows_today',
  '/time/hour',
  '/time/weekday',
  '/caller/person',
  '/caller/company',
  '/approvals/0',
]

/** A row may show that a bad argument is refused before any rule is asked. */
function expectsInputRefusal(row: DecisionRow): boolean {
  return (
    row.then.effect === 'deny' &&
    row.then.codes.some((code) => code === 'input_invalid' || code === 'arguments_invalid')
  )
}

function checkArgs(guard: ValidateFunction, args: unknown, at: string, code: string, report: Reporter): void {
  if (guard(args)) return
  for (const { pointer, fault } of faultsOf(guard.errors ?? [])) {
    const where = code === 'ROW_INVALID' ? `${at}${pointerOf(`/args${pointer}`)}` : `${at}${pointer}`
    const argument = pointer === '' ? 'the arguments' : `argument \`${pointer}\``
    report.at(where, { code, message: `${argument}: ${fault.message}`, help: fault.help })
  }
}

function pointersIn(example: object, room: string): string[] {
  const value = readPointer(example, room)
  return typeof value === 'object' && value !== null ? Object.keys(value).map((key) => `${room}${pointerOf(key)}`) : []
}
