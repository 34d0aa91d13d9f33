import { expect, test } from 'vitest'
import { boundaryInputs } from '../../../../engine/compile/parity/boundaries.ts'
import { sampleInputs } from '../../../../engine/compile/parity/generated.ts'
import { beside, knownOf } from '../../../../engine/compile/parity/known.ts'
import { inputOf } from '../../../../engine/compile/row-input.ts'
import { isAlertsInput, isDecisionInput, isVisibleInput } from '../../../../engine/contract/decision-guard.ts'
import { readPointer } from '../../../../engine/contract/pointer.ts'
import { callOf } from '../../../../engine/validate/row-call.ts'
import { checkedErp } from '../project.ts'

const omie = await checkedErp('omie')
const known = knownOf(omie)
const bases = omie.decisions.rows.flatMap((row) => {
  const call = callOf(omie.decisions, row)
  const input = call === null ? null : inputOf(omie, row, call)
  return input === null ? [] : [input]
})

test('the same seed gives the same sample, another seed another one', () => {
  const sample = (seed: number): object[] => sampleInputs({ entrypoint: 'decision', bases, known, seed, count: 50 })
  expect(sample(7)).toEqual(sample(7))
  expect(sample(7)).not.toEqual(sample(8))
})

test('what is generated is what a server would put before the policy', () => {
  const options = { bases: [], known, seed: 7, count: 100 }
  expect(sampleInputs({ ...options, entrypoint: 'decision', bases }).every((input) => isDecisionInput(input))).toBe(
    true,
  )
  expect(sampleInputs({ ...options, entrypoint: 'visible' }).every((input) => isVisibleInput(input))).toBe(true)
  expect(sampleInputs({ ...options, entrypoint: 'alerts' }).every((input) => isAlertsInput(input))).toBe(true)
})

test('every limit of the YAML is an amount, and a centavo below and above it', () => {
  const inputs = boundaryInputs('decision', bases, known.numbers)
  const amounts = new Set(inputs.map((input) => readPointer(input, '/facts/amount')))
  const limits = (omie.config.rbac.alcada.settle ?? []).flatMap(({ up_to }) => beside(up_to))
  expect(limits).toHaveLength(9)
  expect(limits.filter((limit) => !amounts.has(limit))).toEqual([])
  expect(inputs.every((input) => isDecisionInput(input))).toBe(true)
})

test('a threshold that is no whole number has neighbours a hundredth away', () => {
  expect(beside(0.05)).toEqual([0.04, 0.05, 0.06])
  const inputs = boundaryInputs('alerts', [{ window: { response_time_s: 0 } }], [2, 0.05])
  expect(inputs.map((input) => readPointer(input, '/window/response_time_s'))).toContain(0.05)
})
