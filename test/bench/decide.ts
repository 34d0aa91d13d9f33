import { isDeepStrictEqual } from 'node:util'
import { loadPolicy } from '@open-policy-agent/opa-wasm'
import { readCanaries } from '../../engine/contract/canary.ts'
import { readDecision } from '../../engine/contract/decision.ts'
import type { DecisionInput } from '../../engine/contract/decision-input.ts'
import { instantiatePolicy } from '../../engine/contract/evaluate.ts'
import { compiledErp, fileOf, jsonOf } from './compiled.ts'
import { type Figure, median, quantile, times } from './figures.ts'

const ROUNDS = 60

/** Our decision, its input checked by ajv before and its shape after, beside opa-wasm's plain evaluation of the same. */
export async function decide(root: string): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const erp of ['omie', 'tryton']) figures.push(await one(root, erp))
  return figures
}

async function one(root: string, erp: string): Promise<Figure> {
  const compiled = await compiledErp(root, erp)
  const [wasm, data] = [fileOf(compiled, 'policy.wasm'), jsonOf(compiled, 'data.json')]
  if (typeof data !== 'object' || data === null) throw new Error('expected data.json to be an object')
  const inputs = (readCanaries(jsonOf(compiled, 'canaries.json')) ?? []).map(({ input }) => input)
  const policy = await instantiatePolicy({ wasm, data, erp })
  const peer = await loadPolicy(wasm)
  peer.setData(data)
  const plain = (input: DecisionInput): unknown => peer.evaluate(input, `${erp}/decision`)[0]?.result

  for (const input of inputs) {
    if (!isDeepStrictEqual(policy.decide(input), readDecision(plain(input)))) throw new Error('the answers differ')
  }
  const ours: number[] = []
  const theirs: number[] = []
  // In turn, so that whatever else the machine does weighs on both.
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(eachTime(inputs, policy.decide))
    theirs.push(eachTime(inputs, plain))
  }
  const [mine, other] = [median(ours), median(theirs)]
  return {
    what: `a decision of ${erp}, ${inputs.length} inputs: median of ${ROUNDS} rounds (p90)`,
    ours: `${mine.toFixed(0)} us (${quantile(ours, 0.9).toFixed(0)})`,
    peer: `opa-wasm evaluate ${other.toFixed(0)} us (${quantile(theirs, 0.9).toFixed(0)})`,
    ratio: `${times(mine, other)} the time`,
  }
}

/** Microseconds an input. */
function eachTime(inputs: readonly DecisionInput[], run: (input: DecisionInput) => unknown): number {
  const began = performance.now()
  for (const input of inputs) run(input)
  return ((performance.now() - began) * 1_000) / inputs.length
}
