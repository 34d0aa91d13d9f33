import type { Config } from '../../contract/config.ts'
import { ruleName } from './contexts.ts'
import type { Unreached } from './diff.ts'
import type { RuleProbes } from './probes.ts'
import { SETTING_KEYS } from './settings.ts'

export interface UnreachedSource {
  erp: string
  /** Rules that one side has and the other has not. */
  changed: readonly RuleProbes[]
  /** Tools without an example. */
  without: readonly string[]
  /** The rules and places whose situations came out otherwise. */
  shown: ReadonlySet<string>
  /** Keys of the configuration whose change no context shows. */
  keys: readonly KeyPath[]
}

export type KeyPath = readonly string[]

/**
 * What was changed and may matter without any context showing it: rules of the Rego whose own situations all came out as
 * before, or that look at something no context can vary; keys of the configuration; and tools of which there is no call.
 */
export function unreachedOf({ erp, changed, without, shown, keys }: UnreachedSource): Unreached[] {
  const tools = without.map((tool) => ({
    erp,
    tool,
    sentence: `${tool} on ${erp} was not tried: decisions.yaml has no example of it`,
    harmless: false,
  }))
  const rules = changed
    .filter((rule) => !isShown(rule, shown))
    .map(({ file, name }) => ({
      erp,
      tool: '',
      sentence: `the rule ${name} in ${file} changed, and no context shows all that it may do: read it`,
      harmless: false,
    }))
  const quiet = keys.map((key) => ({
    erp,
    tool: '',
    sentence: `${key.join('.')} of ${erp} changed, and no context comes out otherwise`,
    harmless: key[0] === 'alerts',
  }))
  return [...new Map([...tools, ...rules, ...quiet].map((each) => [each.sentence, each])).values()]
}

function isShown(rule: RuleProbes, shown: ReadonlySet<string>): boolean {
  if (rule.probes.some(({ values }) => values.length === 0)) return false
  return shown.has(ruleName(rule)) || rule.probes.some(({ pointer }) => shown.has(pointer))
}

/** Paths of what differs between two configurations, as deep as both have maps. */
export function changedKeys(before: unknown, after: unknown, path: KeyPath = []): KeyPath[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  if (!isMap(before) || !isMap(after)) return [path]
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return keys.flatMap((key) => changedKeys(before[key], after[key], [...path, key]))
}

/** Not told in another way: what comes of the catalogue is told of it, and what the servers obey themselves, as such. */
export function isToldElsewhere(key: KeyPath): boolean {
  const name = key.join('.')
  return key[0] === 'tools' || name.startsWith('rbac.tools.') || SETTING_KEYS.some((pattern) => pattern.test(name))
}

/** The configuration with one key as the other has it. */
export function withKeyOf(config: Config, other: Config, key: KeyPath): Config {
  const copy = structuredClone(config)
  let [into, from]: unknown[] = [copy, other]
  for (const name of key.slice(0, -1)) {
    into = isMap(into) ? into[name] : undefined
    from = isMap(from) ? from[name] : undefined
  }
  const last = key.at(-1) ?? ''
  if (!isMap(into)) return copy
  if (isMap(from) && Object.hasOwn(from, last)) into[last] = from[last]
  else delete into[last]
  return copy
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
