import type { CatalogueTool } from '../../contract/catalogue.ts'
import type { Erp } from '../../contract/erp.ts'
import type { ArgumentMap, Native, ToolsFile } from '../../contract/tool.ts'
import { UNIVERSAL_TOOLS } from '../../contract/universal/tool.ts'
import { EFFECTS } from '../../contract/vocabulary.ts'
import { suggest } from '../nearest.ts'
import { pointerOf, type Reporter } from '../place.ts'
import { mayHold, propertiesOf } from '../schema-path.ts'
import { checkCredential, needsCall } from './erp.ts'
import { universalNames } from './records.ts'

/** One tool with all it refers to. */
export interface ToolContext {
  erp: Erp
  file: ToolsFile
  tools: Readonly<Record<string, CatalogueTool>>
  tool: CatalogueTool
  /** `/tools/<name>`. */
  at: string
  report: Reporter
}

/** How the tool is done: kind, effect, native call, arguments' targets and sources, paging, answer. */
export function checkTool(context: ToolContext): void {
  checkKind(context)
  checkEffect(context)
  checkNative(context, context.tool.native, context.tool.args, context.at)
  if (context.tool.merge !== undefined) {
    checkNative(context, context.tool.merge.native, context.tool.merge.args, `${context.at}/merge`)
  }
  checkPaging(context)
  checkAnswer(context)
}

const ONLY_MCP = ['description', 'input', 'output', 'entity', 'pin', 'sensitive'] as const

function checkKind({ erp, file, tool, at, report }: ToolContext): void {
  const map = file.tools[tool.name]
  if (map === undefined) return
  if (erp.kind === 'api') {
    for (const key of ONLY_MCP.filter((each) => map[each] !== undefined)) {
      const message = `key \`${key}\` has a meaning only for an ERP of kind \`mcp\``
      report.atKey(`${at}/${key}`, {
        code: 'KIND_MISMATCH',
        message,
        help: 'remove it: the vocabulary says it for every ERP',
      })
    }
    return
  }
  for (const key of (['description', 'input'] as const).filter((each) => map[each] === undefined)) {
    const message = `a tool of an ERP of kind \`mcp\` needs \`${key}\``
    report.atKey(at, { code: 'KIND_MISMATCH', message, help: 'copy it from the upstream server, and review it' })
  }
}

function checkEffect({ erp, tool, at, report }: ToolContext): void {
  const universal = erp.kind === 'api' ? UNIVERSAL_TOOLS[tool.name] : undefined
  if (universal !== undefined && EFFECTS.indexOf(tool.effect) < EFFECTS.indexOf(universal.effect)) {
    const message = `expected effect \`${universal.effect}\` or a stronger one, got \`${tool.effect}\``
    report.at(`${at}/effect`, { code: 'EFFECT_WEAKER', message, help: `write \`effect: ${universal.effect}\`` })
  }
  for (const [index, override] of (tool.effectOverrides ?? []).entries()) {
    const pointer = `${at}${pointerOf('effectOverrides', index)}`
    checkArgument({ tool, report }, override.when, `${pointer}/when`)
    if (EFFECTS.indexOf(override.effect) <= EFFECTS.indexOf(tool.effect)) {
      const message = `expected an effect stronger than \`${tool.effect}\`, got \`${override.effect}\``
      report.at(`${pointer}/effect`, {
        code: 'EFFECT_WEAKER',
        message,
        help: 'an override only raises: remove it, or raise it',
      })
    }
  }
}

/** A pointer into the caller's arguments leads to one the tool takes. */
export function checkArgument(
  { tool, report }: Pick<ToolContext, 'tool' | 'report'>,
  pointer: string,
  at: string,
): void {
  if (pointer === '' || mayHold(tool.input, pointer)) return
  const known = propertiesOf(tool.input).map((name) => pointerOf(name))
  const message = `argument \`${pointer}\` is none that \`${tool.name}\` takes`
  report.at(at, { code: 'ARGUMENT_UNKNOWN', message, help: suggest(pointer, known, 'argument') })
}

function checkNative(context: ToolContext, native: Native, args: readonly ArgumentMap[], at: string): void {
  const { erp, report } = context
  if (native.call === undefined && needsCall(erp)) {
    const message = 'key `call` is missing here: the request names the native call'
    report.atKey(`${at}/native`, { code: 'NATIVE_CALL_MISSING', message, help: 'add `call:`' })
  }
  const places = [...native.path.matchAll(/\{([^}]*)\}/g)].map((match) => match[1] ?? '')
  const filled = args.flatMap((arg) => ('path' in arg ? [arg.path] : []))
  for (const place of places.filter((each) => !filled.includes(each))) {
    const help = `add an argument with \`path: ${place}\``
    report.at(`${at}/native/path`, { code: 'PATH_PARAMETER', message: `nothing fills \`{${place}}\``, help })
  }
  for (const [index, arg] of args.entries()) {
    checkMapping(context, arg, places, `${at}${pointerOf('args', index)}`)
  }
}

function checkMapping(context: ToolContext, arg: ArgumentMap, places: readonly string[], at: string): void {
  const { erp, report } = context
  if ('from' in arg) checkArgument(context, arg.from, `${at}/from`)
  if ('each' in arg) checkArgument(context, arg.each, `${at}/each`)
  if ('credential' in arg) checkCredential(erp, arg.credential, `${at}/credential`, report)
  if (arg.when !== undefined) checkArgument(context, arg.when, `${at}/when`)
  if ('path' in arg && !places.includes(arg.path)) {
    const help = suggest(arg.path, places, 'place')
    report.at(`${at}/path`, { code: 'PATH_PARAMETER', message: `the path has no \`{${arg.path}}\``, help })
  }
  if ('filter' in arg && erp.filters === undefined) {
    const help = 'add `filters:` to erp.yaml, or send the value in another way'
    report.at(`${at}/filter`, { code: 'FILTER_STYLE_MISSING', message: 'erp.yaml declares no filter language', help })
  }
}

function checkPaging({ erp, tool, at, report }: ToolContext): void {
  if (tool.paging === undefined) {
    if (tool.answerKind !== 'list') return
    const message = 'a list is answered page by page: key `paging` is missing here'
    report.atKey(at, { code: 'PAGING_UNKNOWN', message, help: suggest('', Object.keys(erp.paging), 'paging') })
  } else if (!Object.hasOwn(erp.paging, tool.paging)) {
    const message = `paging \`${tool.paging}\` is not declared in erp.yaml`
    report.at(`${at}/paging`, {
      code: 'PAGING_UNKNOWN',
      message,
      help: suggest(tool.paging, Object.keys(erp.paging), 'paging'),
    })
  }
}

function checkAnswer({ erp, file, tool, at, report }: ToolContext): void {
  if (erp.kind === 'mcp') return
  const answer = tool.answer
  if (answer === undefined) {
    report.atKey(at, {
      code: 'KEY_MISSING',
      message: 'key `answer` is missing here',
      help: 'add `answer: { record: … }`',
    })
    return
  }
  const record = file.records[answer.record]
  const wanted = UNIVERSAL_TOOLS[tool.name]?.record ?? ''
  if (record === undefined) {
    const message = `record \`${answer.record}\` is not defined under \`records\``
    report.at(`${at}/answer/record`, {
      code: 'RECORD_UNKNOWN',
      message,
      help: suggest(answer.record, Object.keys(file.records), 'record'),
    })
  } else if (!universalNames(answer.record, record).includes(wanted)) {
    const message = `expected a record map that becomes \`${wanted}\`, got \`${answer.record}\``
    report.at(`${at}/answer/record`, {
      code: 'RECORD_MISMATCH',
      message,
      help: 'the same tool answers the same record in every ERP',
    })
  }
  for (const [pointer, field] of Object.entries(record?.fields ?? {})) {
    if (!('arg' in field) || mayHold(tool.input, field.arg)) continue
    // A record map may serve several tools; a field from an argument that one of them lacks is null there.
    if (
      !Object.values(file.tools).some(
        (other) => other.answer?.record === answer.record && other !== file.tools[tool.name],
      )
    ) {
      checkArgument({ tool, report }, field.arg, `${pointerOf('records', answer.record, 'fields', pointer)}/arg`)
    }
  }
  if (
    (tool.answerKind === 'list' || tool.answerKind === 'many') &&
    answer.items === undefined &&
    answer.itemsArg === undefined
  ) {
    const message = 'this tool answers several records: key `items` is missing here'
    report.atKey(`${at}/answer`, {
      code: 'KEY_MISSING',
      message,
      help: 'add `items:`, a pointer to the list (`""` for the root)',
    })
  }
}
