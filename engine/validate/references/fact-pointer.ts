import type { CatalogueTool } from '../../contract/catalogue.ts'
import { tokensOf } from '../../contract/pointer.ts'
import { UNIVERSAL_TOOLS } from '../../contract/universal/tool.ts'
import { suggest } from '../nearest.ts'
import { pointerOf } from '../place.ts'
import { isRequired, propertiesOf } from '../schema-path.ts'
import { universalNames } from './records.ts'
import { checkArgument, type ToolContext } from './tool.ts'

/** The tool that a step reads with: it exists, only reads, and gets its arguments. */
export function checkRead(
  context: ToolContext,
  name: string,
  args: Record<string, string>,
  base: string,
): CatalogueTool | null {
  const { tools, report } = context
  const read = Object.hasOwn(tools, name) ? tools[name] : undefined
  if (read === undefined) {
    const message = `tool \`${name}\` is not defined in tools.yaml`
    report.at(`${base}/tool`, { code: 'TOOL_UNKNOWN', message, help: suggest(name, Object.keys(tools), 'tool') })
    return null
  }
  if (read.effect !== 'read') {
    const message = `expected a tool with effect \`read\`, got \`${read.effect}\``
    report.at(`${base}/tool`, { code: 'TOOL_NOT_READ', message, help: 'what runs beside a call may change nothing' })
  }
  const known = propertiesOf(read.input)
  for (const argument of Object.keys(args).filter((each) => !known.includes(each))) {
    const message = `\`${argument}\` is no argument of \`${name}\``
    report.atKey(`${base}/args${pointerOf(argument)}`, {
      code: 'ARGUMENT_UNKNOWN',
      message,
      help: suggest(argument, known, 'argument'),
    })
  }
  for (const argument of known.filter((each) => isRequired(read.input, each) && args[each] === undefined)) {
    const message = `argument \`${argument}\` of \`${name}\` is missing here`
    report.atKey(`${base}/args`, { code: 'KEY_MISSING', message, help: `add \`${argument}:\`` })
  }
  return read
}

/** A pointer into {args, resolved} leads to an argument, or to a field that an (earlier) step reads. */
export function checkFactPointer(
  context: ToolContext,
  pointer: string,
  at: string,
  before: number = Number.POSITIVE_INFINITY,
): void {
  const { tool, tools, report } = context
  const [room, as = '', ...rest] = tokensOf(pointer)
  if (room === 'args') {
    checkArgument(context, pointer.slice('/args'.length), at)
    return
  }
  const steps = (tool.resolve ?? []).slice(0, before)
  const step = steps.find((each) => each.as === as)
  if (room !== 'resolved' || step === undefined) {
    const known = ['/args/…', ...steps.map((each) => `/resolved/${each.as}`)]
    const message = `\`${pointer}\` leads nowhere: it is neither an argument nor a record that is resolved`
    report.at(at, { code: 'POINTER_UNKNOWN', message, help: suggest(pointer, known, 'beginning') })
    return
  }
  const read = tools[step.tool]
  if (read === undefined) return
  const several = step.each !== undefined || read.answerKind === 'list' || read.answerKind === 'many'
  const [first, ...inner] = rest
  const field = pointerOf(...(several ? inner : rest))
  if (several && first !== undefined && !/^(\*|[0-9]+)$/.test(first)) {
    const message = `\`/resolved/${as}\` is a list, got \`${first}\` as its element`
    report.at(at, { code: 'POINTER_UNKNOWN', message, help: `write \`/resolved/${as}/*${pointerOf(...rest)}\`` })
    return
  }
  const known = fieldsOf(context, read)
  if (known === null || field === '' || known.some((each) => each === field || each.startsWith(`${field}/`))) return
  const message = `record of \`${read.name}\` has no field \`${field}\` in this ERP`
  report.at(at, { code: 'POINTER_UNKNOWN', message, help: suggest(field, known, 'field') })
}

/** Universal pointers of the fields that this ERP fills in a tool's record; null where that is not known. */
export function fieldsOf({ erp, file }: ToolContext, read: CatalogueTool): string[] | null {
  const name = read.answer?.record ?? ''
  const record = Object.hasOwn(file.records, name) ? file.records[name] : undefined
  // A wrong record has its own finding; what follows from it would only hide it.
  const right = record !== undefined && universalNames(name, record).includes(UNIVERSAL_TOOLS[read.name]?.record ?? '')
  return erp.kind === 'api' && right ? Object.keys(record.fields) : null
}
