import type { YamlFile } from '../load/tree.ts'
import type { DecisionRow, DecisionTable, Expectation } from './decision-table.ts'
import { pointerOf } from './place.ts'
import type { DecisionEntry, DecisionsFile } from './policy-files.ts'

// Written out of line: an object literal with a `then` looks like a promise to linters.
const THEN = 'then'

/** decisions.yaml with everything that was left out spelled out. */
export function buildTable(file: DecisionsFile, source: YamlFile): DecisionTable {
  const examples: DecisionTable['examples'] = {}
  for (const [tool, { args, resolved = {} }] of Object.entries(file.examples)) examples[tool] = { args, resolved }
  const rows = file.decisions.map((entry, index) => rowOf(entry, index, source))
  return { file: source.path, examples, rows, indifferent: file.indifferent ?? {} }
}

function rowOf(entry: DecisionEntry, index: number, source: YamlFile): DecisionRow {
  const roles = typeof entry.as === 'string' ? [entry.as] : entry.as
  return {
    name: entry.name ?? `${roles.join(' and ') || 'nobody'} does ${entry.does} (row ${index + 1})`,
    as: roles,
    does: entry.does,
    with: entry.with ?? {},
    given: entry.given ?? {},
    [THEN]: expectationOf(entry.then),
    masks: entry.masks ?? null,
    place: source.locate(pointerOf('decisions', index)),
  }
}

function expectationOf(then: DecisionEntry['then']): Expectation {
  if (then === 'allow') return { effect: 'allow' }
  if ('deny' in then) return { effect: 'deny', codes: then.deny }
  return { effect: 'require_approval', ...then.require_approval }
}
