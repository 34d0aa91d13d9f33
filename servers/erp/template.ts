import type { Template } from '../../engine/contract/erp.ts'
import type { Native } from '../../engine/contract/tool.ts'
import { notSent } from './outcome.ts'

/** What the markers of a template stand for. */
export interface TemplateValues {
  native: Native
  args: unknown
  credential: (name: string) => string
}

/** Fills `{$native: key}`, `{$args: true}` and `{$credential: name}`; everything else stands as it is. */
export function fill(template: Template, values: TemplateValues): unknown {
  if (Array.isArray(template)) return template.map((item) => fill(item, values))
  if (typeof template !== 'object' || template === null) return template
  const entries = Object.entries(template)
  const [first] = entries
  if (entries.length === 1 && first !== undefined && first[0].startsWith('$')) return marked(first[0], first[1], values)
  return Object.fromEntries(entries.map(([key, inner]) => [key, fill(inner, values)]))
}

function marked(marker: string, of: Template, values: TemplateValues): unknown {
  if (marker === '$args') return values.args
  if (marker === '$credential' && typeof of === 'string') return values.credential(of)
  if (marker === '$native' && (of === 'call' || of === 'method' || of === 'path')) {
    const value = values.native[of]
    if (value !== undefined) return value
  }
  throw notSent('internal', `the envelope's marker \`${marker}\` has no value`)
}
