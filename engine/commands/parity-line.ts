import type { OriginKind } from '../compile/parity/case.ts'
import type { ParityReport } from '../compile/parity/parity.ts'

/** What parity was proved on, in one line, and beneath it what it was not. */
export function parityLine({ erp, inputs, compared, differing, seed, left }: ParityReport): string {
  const parts = KINDS.flatMap(([kind, words]) => {
    const count = inputs[kind] ?? 0
    return count === 0 ? [] : [`${count} ${words}`]
  })
  const outcome = differing === 0 ? 'all alike' : `${differing} different`
  const asked = `${erp}: ${compared} answers of OPA's interpreter and of the WASM compared, ${outcome}`
  const missing = left.map((place) => `  an input of a Rego test was not compared: ${place}\n`).join('')
  return `${asked} (of ${parts.join(', ')}, each question once; seed ${seed})\n${missing}`
}

const KINDS: readonly [OriginKind, string][] = [
  ['rego_test', 'from Rego tests'],
  ['row', 'from table rows'],
  ['canary', 'from canaries'],
  ['boundary', 'at boundaries'],
  ['generated', 'generated'],
]
