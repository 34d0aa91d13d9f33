import type { Canary } from '../../contract/canary.ts'
import type { DecisionInput } from '../../contract/decision-input.ts'
import type { Entrypoint } from '../../contract/evaluate.ts'
import type { CheckedErp } from '../../validate/checked.ts'
import type { DecisionRow } from '../../validate/decision-table.ts'
import { callOf } from '../../validate/row-call.ts'
import { inputOf } from '../row-input.ts'
import { boundaryInputs } from './boundaries.ts'
import type { Origin, ParityCase } from './case.ts'
import { sampleInputs } from './generated.ts'
import { knownOf } from './known.ts'
import type { TakenInput } from './rego-inputs.ts'

export type CaseSources = Pick<CheckedErp, 'name' | 'catalogue' | 'config' | 'decisions'>

/** How many inputs are generated for each entrypoint. */
const SAMPLES: Readonly<Record<Entrypoint, number>> = { decision: 250, visible: 60, alerts: 60 }

/** A quiet minute of a server: what generated windows start from. */
const QUIET: object = {
  window: {
    total: 100,
    failed: 1,
    denied: 1,
    response_time_s: 0.2,
    rate_limit_hits_per_minute: 0,
    authentication_failures: 0,
    disk_used: 0.4,
    policy_rejected: false,
    policy_expires_in_s: 2_592_000,
    approved_wait_s: 0,
  },
}

/** Every row of decisions.yaml, and every canary of the bundle, at the row it was made of. */
export function tableCases(checked: CaseSources, canaries: readonly Canary[]): ParityCase[] {
  const { file, rows } = checked.decisions
  const byName = new Map(rows.map((row) => [row.name, row]))
  const originOf = (kind: 'row' | 'canary', name: string): Origin => {
    const { line, column } = byName.get(name)?.place ?? { line: 1, column: 1 }
    return { kind, words: `the ${kind} \`${name}\``, file, line, column }
  }
  return [
    ...rowInputs(checked).flatMap(({ row, input }) => askedBoth(input, originOf('row', row.name))),
    ...canaries.flatMap(({ name, input }) => askedBoth(input, originOf('canary', name))),
  ]
}

/**
 * What a Rego test asks with goes to every entrypoint, with the test's configuration and with the bundle's own. Of what a
 * test gives, `visible` and `alerts` get what a server would give them: many tests ask the same of them.
 */
export function testCases(taken: readonly TakenInput[]): ParityCase[] {
  return taken.flatMap(({ input, config, origin }) =>
    [...new Set([config, null])].flatMap((own): ParityCase[] => [
      { entrypoint: 'decision', input, config: own, origin },
      { entrypoint: 'visible', input: partOf(input, 'caller'), config: own, origin },
      { entrypoint: 'alerts', input: partOf(input, 'window'), config: own, origin },
    ]),
  )
}

function partOf(input: object, key: string): object {
  return Object.fromEntries(Object.entries(input).filter(([name]) => name === key))
}

/** Every number of the configuration, with its neighbours, in every place of an input that holds a number. */
export function boundaryCases(checked: CaseSources): ParityCase[] {
  const { numbers } = knownOf(checked)
  return entriesOf(basesOf(checked)).flatMap(([entrypoint, bases]) =>
    boundaryInputs(entrypoint, bases, numbers).map((input, index): ParityCase => {
      const words = `boundary input ${index}`
      return { entrypoint, input, config: null, origin: { kind: 'boundary', words, ...policyFile(checked) } }
    }),
  )
}

/** A sample over the schemas of the inputs; the same seed gives the same one. */
export function generatedCases(checked: CaseSources, seed: number): ParityCase[] {
  const known = knownOf(checked)
  return entriesOf(basesOf(checked)).flatMap(([entrypoint, bases]) =>
    sampleInputs({ entrypoint, bases, known, seed, count: SAMPLES[entrypoint] }).map((input, index): ParityCase => {
      const words = `generated input ${index} of seed ${seed}`
      return { entrypoint, input, config: null, origin: { kind: 'generated', words, ...policyFile(checked) } }
    }),
  )
}

function rowInputs(checked: CaseSources): { row: DecisionRow; input: DecisionInput }[] {
  return checked.decisions.rows.flatMap((row) => {
    const call = callOf(checked.decisions, row)
    const input = call === null ? null : inputOf(checked, row, call)
    return input === null ? [] : [{ row, input }]
  })
}

function askedBoth(input: DecisionInput, origin: Origin): ParityCase[] {
  return [
    { entrypoint: 'decision', input, config: null, origin },
    { entrypoint: 'visible', input: { caller: input.caller }, config: null, origin },
  ]
}

function basesOf(checked: CaseSources): Record<Entrypoint, object[]> {
  const decision = rowInputs(checked).map(({ input }) => input)
  return { decision, visible: decision.map(({ caller }) => ({ caller })), alerts: [QUIET] }
}

function entriesOf(bases: Record<Entrypoint, object[]>): [Entrypoint, object[]][] {
  return [
    ['decision', bases.decision],
    ['visible', bases.visible],
    ['alerts', bases.alerts],
  ]
}

function policyFile({ name }: CaseSources): Pick<Origin, 'file' | 'line' | 'column'> {
  return { file: `policies/${name}/decision.rego`, line: 1, column: 1 }
}
