import type { DecisionInput } from '../../contract/decision-input.ts'
import { readPointer } from '../../contract/pointer.ts'
import type { Because } from '../../report/explain.ts'
import type { ExplainSources, Traced, Visit } from './trace.ts'

/** A chain of reasons is followed so deep. */
const DEEPEST = 6
/** A longer value is not printed. */
const LONGEST = 160

/** Why a rule came out as it did: the definitions that held, or of each that did not the condition that failed. */
export function becauseOf(
  name: string,
  traced: Traced,
  sources: ExplainSources,
  input: DecisionInput,
  seen: readonly string[] = [],
): Because[] {
  if (seen.includes(name) || seen.length >= DEEPEST) return []
  const tried = once(traced.visits.filter((visit) => visit.name === name && !visit.isDefault))
  const held = tried.filter((visit) => visit.held)
  return (held.length > 0 ? held : tried).map((visit) => {
    const { file, line, failed } = visit
    const deeper =
      failed === null ? [] : rulesIn(failed.refs, traced).filter((rule) => worthTelling(rule, failed.negated, traced))
    return {
      rule: name,
      file,
      line,
      held: visit.held,
      condition:
        failed === null
          ? null
          : {
              line: failed.line,
              text: textAt(sources, file, failed.line),
              values: valuesOf(failed.refs, traced, sources, input),
            },
      because: deeper.flatMap((rule) => becauseOf(rule, traced, sources, input, [...seen, name])),
    }
  })
}

/** The rules that a definition which held rests on. */
export function restsOn({ conditions }: Visit, traced: Traced): string[] {
  return rulesIn(
    conditions.flatMap(({ refs }) => refs),
    traced,
  )
}

/** The same definition, tried for several bindings, is told once: where it held, or where it came furthest. */
function once(visits: readonly Visit[]): Visit[] {
  const found = new Map<string, Visit>()
  for (const visit of visits) {
    const key = `${visit.file}:${visit.line}`
    const known = found.get(key)
    const isBetter =
      known === undefined || (!known.held && (visit.held || (visit.failed?.line ?? 0) > (known.failed?.line ?? 0)))
    if (isBetter) found.set(key, visit)
  }
  return [...found.values()]
}

function worthTelling(rule: string, negated: boolean, { visits }: Traced): boolean {
  const tried = visits.filter((visit) => visit.name === rule && !visit.isDefault)
  return tried.some(({ held }) => held) === negated && tried.length > 0
}

function rulesIn(refs: readonly string[], { visits }: Traced): string[] {
  const names = new Set(visits.map(({ name }) => name))
  const found = refs.flatMap((ref) => {
    const parts = ref.split('.')
    if (parts[0] !== 'data') return []
    // `data.shared.alcada.band.approvers` looks at the rule `band`.
    const name = parts.map((_, at) => parts.slice(1, parts.length - at).join('.')).find((one) => names.has(one))
    return name === undefined ? [] : [name]
  })
  return [...new Set(found)]
}

function valuesOf(
  refs: readonly string[],
  { data }: Traced,
  { config }: ExplainSources,
  input: DecisionInput,
): { at: string; value: unknown }[] {
  return refs.flatMap((at) => {
    const [root, ...rest] = at.split('.')
    const document = root === 'input' ? input : rest[0] === 'config' ? { config } : data
    const value = readPointer(
      document,
      rest.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
    )
    return value !== undefined && JSON.stringify(value).length <= LONGEST ? [{ at, value }] : []
  })
}

function textAt({ rego }: ExplainSources, file: string, line: number): string {
  return (rego[file.replace(/^policies\//, '')] ?? '').split('\n')[line - 1]?.trim() ?? ''
}
