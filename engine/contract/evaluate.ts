import { loadPolicy } from '@open-policy-agent/opa-wasm'
import { type Decision, denial, type Reason, readAlerts, readDecision, readVisible } from './decision.ts'
import { firstError, isAlertsInput, isDecisionInput, isVisibleInput } from './decision-guard.ts'
import type { AlertsInput, DecisionInput, VisibleInput } from './decision-input.ts'
import { type WasmInstance, wasmInstance } from './wasm-instance.ts'
import { wellFormedJson } from './well-formed.ts'

/** One ERP's policy, ready to decide. Its data can never be changed: a new bundle is a new Policy. */
export interface Policy {
  /** Never throws. Whatever goes wrong is a deny: input_invalid, policy_failed, decision_undefined, decision_malformed. */
  decide(input: DecisionInput): Decision
  /** The tools this caller may see, sorted; none when anything goes wrong. */
  visible(input: VisibleInput): string[]
  /** Alerts raised by a window, sorted by code; `alerts_failed` when that cannot be told. */
  alerts(input: AlertsInput): Reason[]
}

export class PolicyError extends Error {
  readonly code: 'POLICY_NOT_LOADED' | 'POLICY_BUILTIN_UNKNOWN' | 'POLICY_ENTRYPOINT_MISSING'

  constructor(code: PolicyError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'PolicyError'
    this.code = code
  }
}

export interface PolicySource {
  /** `policy.wasm` of a bundle. */
  wasm: Uint8Array<ArrayBuffer>
  /** `data.json` of a bundle, parsed. */
  data: object
  erp: string
}

/**
 * Makes a policy out of a bundle's content.
 * @throws PolicyError when the module does not load, wants a builtin of its host, or lacks an entrypoint
 */
export async function instantiatePolicy({ wasm, data, erp }: PolicySource): Promise<Policy> {
  const load = async (): Promise<WasmInstance> => {
    const loaded = await loadPolicy(wasm)
    loaded.setData(data)
    return wasmInstance(loaded)
  }
  let instance = await load().catch((cause: unknown) => {
    throw new PolicyError('POLICY_NOT_LOADED', `the policy of \`${erp}\` does not load`, { cause })
  })
  const [builtin] = instance.builtins
  if (builtin !== undefined) {
    throw new PolicyError('POLICY_BUILTIN_UNKNOWN', `the policy of \`${erp}\` wants \`${builtin}\` of its host`)
  }
  const entrypoint = (name: string): number => {
    const index = instance.entrypoints[`${erp}/${name}`]
    if (index !== undefined) return index
    throw new PolicyError('POLICY_ENTRYPOINT_MISSING', `the policy of \`${erp}\` has no entrypoint \`${erp}/${name}\``)
  }
  const decision = entrypoint('decision')
  const visible = entrypoint('visible')
  const alerts = entrypoint('alerts')

  const evaluate = (index: number, input: object): { value: unknown } | null => {
    try {
      return { value: instance.evaluate(index, wellFormedJson(input)) }
    } catch {
      // What is thrown out of the middle of an evaluation leaves the module's stack where it stood: take a new one.
      void load().then(
        (next) => {
          instance = next
        },
        () => undefined,
      )
      return null
    }
  }

  return {
    decide(input) {
      if (!isDecisionInput(input)) return denial('input_invalid', firstError(isDecisionInput.errors))
      const result = evaluate(decision, input)
      return result === null ? denial('policy_failed', 'the policy failed on this call') : readDecision(result.value)
    },
    visible(input) {
      return isVisibleInput(input) ? readVisible(evaluate(visible, input)?.value) : []
    },
    alerts(input) {
      return readAlerts(isAlertsInput(input) ? evaluate(alerts, input)?.value : undefined)
    },
  }
}
