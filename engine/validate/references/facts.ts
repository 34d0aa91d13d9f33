import { suggest } from '../nearest.ts'
import { pointerOf } from '../place.ts'
import { checkFactPointer, checkRead, fieldsOf } from './fact-pointer.ts'
import { checkMoney } from './money.ts'
import type { ToolContext } from './tool.ts'

/** Resolve, facts and confirm name what exists, and a tool that moves money says all that a rule needs. */
export function checkMeaning(context: ToolContext): void {
  checkResolve(context)
  checkFactPointers(context)
  checkMoney(context)
  checkConfirm(context)
}

function checkResolve(context: ToolContext): void {
  const { tool, at, report } = context
  for (const [index, step] of (tool.resolve ?? []).entries()) {
    const base = `${at}${pointerOf('resolve', index)}`
    const read = checkRead(context, step.tool, step.args, base)
    if (step.each !== undefined) checkFactPointer(context, step.each, `${base}/each`, index)
    for (const [name, pointer] of Object.entries(step.args)) {
      if (pointer === '/each' && step.each !== undefined) continue
      checkFactPointer(context, pointer, `${base}/args${pointerOf(name)}`, index)
    }
    if (read === null) continue
    const fields = fieldsOf(context, read)
    for (const pointer of Object.keys(step.expect ?? {})) {
      if (fields === null || fields.includes(pointer)) continue
      const message = `record of \`${read.name}\` has no field \`${pointer}\``
      report.atKey(`${base}/expect${pointerOf(pointer)}`, {
        code: 'POINTER_UNKNOWN',
        message,
        help: suggest(pointer, fields, 'field'),
      })
    }
  }
}

function checkFactPointers(context: ToolContext): void {
  const { tool, at } = context
  for (const [base, args] of [
    [at, tool.args],
    [`${at}/merge`, tool.merge?.args ?? []],
  ] as const) {
    for (const [index, arg] of args.entries()) {
      if ('fact' in arg) checkFactPointer(context, arg.fact, `${base}${pointerOf('args', index, 'fact')}`)
    }
  }
  for (const [name, value] of Object.entries(tool.facts ?? {}))
    checkFactValue(context, value, `${at}${pointerOf('facts', name)}`)
}

function checkFactValue(context: ToolContext, value: unknown, at: string): void {
  if (typeof value === 'string') checkFactPointer(context, value, at)
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      if (key !== 'const') checkFactValue(context, inner, `${at}${pointerOf(key)}`)
    }
  }
}

function checkConfirm(context: ToolContext): void {
  const { tool, at, report } = context
  const { confirm } = tool
  if (confirm === undefined) return
  const read = confirm.tool === undefined ? null : checkRead(context, confirm.tool, confirm.args ?? {}, `${at}/confirm`)
  for (const [index, check] of confirm.checks.entries()) {
    const base = `${at}${pointerOf('confirm', 'checks', index)}`
    if ('equalsArg' in check) checkFactPointer(context, check.equalsArg, `${base}/equalsArg`)
    if ('since' in check) {
      checkFactPointer(context, check.since, `${base}/since`)
      checkFactPointer(context, check.fellBy, `${base}/fellBy`)
    }
    const field = check.pointer.replace(/^\/(\*|[0-9]+)(?=\/)/, '')
    const fields = read === null ? null : fieldsOf(context, read)
    if (read === null || fields === null || fields.includes(field)) continue
    const message = `record of \`${read.name}\` has no field \`${check.pointer}\` in this ERP`
    report.at(`${base}/pointer`, {
      code: 'POINTER_UNKNOWN',
      message,
      help: suggest(field, fields, 'field'),
    })
  }
}
