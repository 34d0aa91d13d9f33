import type { CatalogueTool } from '../../contract/catalogue.ts'
import { recordSchema } from '../../contract/universal/output.ts'
import { RECORDS } from '../../contract/universal/record.ts'
import { UNIVERSAL_TOOLS } from '../../contract/universal/tool.ts'
import type { ExampleCall } from '../decision-table.ts'
import { suggest } from '../nearest.ts'
import { pointerOf, type Reporter } from '../place.ts'
import { mayHold } from '../schema-path.ts'

/** The resolved records of an example are those that the tool reads, with fields that exist. */
export function checkExample(
  tool: CatalogueTool,
  example: ExampleCall,
  tools: Readonly<Record<string, CatalogueTool>>,
  report: Reporter,
): void {
  const base = pointerOf('examples', tool.name)
  const steps = tool.resolve ?? []
  for (const step of steps.filter((each) => !Object.hasOwn(example.resolved, each.as))) {
    const help = `add \`resolved: { ${step.as}: … }\`: what \`${step.tool}\` answers`
    const message = `the example of \`${tool.name}\` has no record \`${step.as}\``
    report.atKey(base, { code: 'EXAMPLE_UNRESOLVED', message, help })
  }
  for (const [as, record] of Object.entries(example.resolved)) {
    const step = steps.find((each) => each.as === as)
    const at = `${base}${pointerOf('resolved', as)}`
    if (step === undefined) {
      const known = steps.map((each) => each.as)
      const message = `\`${tool.name}\` resolves no record \`${as}\``
      report.atKey(at, { code: 'EXAMPLE_UNRESOLVED', message, help: suggest(as, known, 'record') })
    } else checkRecord(tools[step.tool], record, at, report)
  }
}

function checkRecord(read: CatalogueTool | undefined, record: unknown, at: string, report: Reporter): void {
  const universal = RECORDS[UNIVERSAL_TOOLS[read?.name ?? '']?.record ?? '']
  if (universal === undefined || typeof record !== 'object' || record === null) return
  if (Array.isArray(record)) {
    for (const [index, element] of record.entries()) checkRecord(read, element, `${at}${pointerOf(index)}`, report)
    return
  }
  const schema = recordSchema(universal)
  for (const key of Object.keys(record).filter((each) => !mayHold(schema, pointerOf(each)))) {
    const known = Object.keys(universal).map((pointer) => pointer.split('/')[1] ?? '')
    const message = `field \`${key}\` is not in the record that \`${read?.name}\` answers`
    report.atKey(`${at}${pointerOf(key)}`, { code: 'FIELD_UNKNOWN', message, help: suggest(key, known, 'field') })
  }
}
