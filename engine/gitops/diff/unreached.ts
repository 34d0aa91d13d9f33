import type { CheckedErp } from '../../validate/checked.ts'
import type { Unreached } from './diff.ts'
import type { Matrix } from './matrix.ts'
import type { RuleProbes } from './probes.ts'

export interface UnreachedSource {
  erp: string
  before: CheckedErp | undefined
  after: CheckedErp | undefined
  changed: readonly RuleProbes[]
  /** Tools without an example. */
  without: readonly string[]
  found: Matrix
}

/**
 * What was changed and may matter without any context showing it: rules of the Rego and keys of the configuration, when
 * nothing came out otherwise; rules that look at something no context can vary; and tools of which there is no call.
 */
export function unreachedOf({ erp, before, after, changed, without, found }: UnreachedSource): Unreached[] {
  const shown = found.wider.length + found.narrower.length + found.obligations.length > 0
  const tools = without.map((tool) => ({
    erp,
    tool,
    sentence: `${tool} on ${erp} was not tried: decisions.yaml has no example of it`,
    harmless: false,
  }))
  const rules = changed
    .filter((rule) => !shown || rule.probes.some(({ values }) => values.length === 0))
    .map(({ file, name }) => ({
      erp,
      tool: '',
      sentence: `the rule ${name} in ${file} changed, and no context shows all that it may do: read it`,
      harmless: false,
    }))
  const keys = shown
    ? []
    : changedKeys(before?.config, after?.config).map((key) => ({
        erp,
        tool: '',
        sentence: `${key} of ${erp} changed, and no context comes out otherwise`,
        harmless: key.startsWith('alerts.'),
      }))
  return distinct([...tools, ...rules, ...keys])
}

/** Dotted names of what differs, as deep as both sides have maps. */
export function changedKeys(before: unknown, after: unknown, name = ''): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  if (!isMap(before) || !isMap(after)) return [name]
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return keys.flatMap((key) => changedKeys(before[key], after[key], name === '' ? key : `${name}.${key}`))
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function distinct(list: readonly Unreached[]): Unreached[] {
  return [...new Map(list.map((each) => [each.sentence, each])).values()]
}
