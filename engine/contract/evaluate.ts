import { loadPolicy } from '@open-policy-agent/opa-wasm'
import { type Decision, denial, type Reason, readAlerts, readDecision, readVisible } from './decision.ts'
import { firstError, isAlertsInput, isDecisionInput, isVisibleInput } from './decision-guard.ts'
import type { AlertsInput, DecisionInput, VisibleInput } from './decision-input.ts'
import { makeUnreadable } from './unreadable-data.ts'
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
  /** The most memory the module may ever have, in pages of 64 KiB. Default: what WebAssembly has, 4 GiB. */
  mostPages?: number
}

/** What a policy is asked. */
export type Entrypoint = 'decision' | 'visible' | 'alerts'

/** The compiled module alone: no guard before it, nothing read into what comes out. Servers ask a Policy. */
export interface PolicyModule {
  /** The entrypoint's value, undefined where it has none; null when the evaluation failed. Never throws. */
  evaluate(entrypoint: Entrypoint, input: object): { value: unknown } | null
}

/** A module and how to have a new one. */
export interface OpenedModule {
  instance: WasmInstance
  entrypoints: Readonly<Record<Entrypoint, number>>
  /** A module as new: what is thrown out of the middle of an evaluation leaves its stack where it stood. */
  again(): Promise<WasmInstance>
}

/**
 * @param unreadable places that `data` leaves out: an evaluation that looks at one throws. Default none.
 * @throws PolicyError when the module does not load, wants a builtin of its host, or lacks an entrypoint
 */
export async function openModule(
  { wasm, data, erp, mostPages }: PolicySource,
  unreadable: readonly (readonly string[])[] = [],
): Promise<OpenedModule> {
  const again = async (): Promise<WasmInstance> => {
    const loaded = await loadPolicy(wasm, mostPages === undefined ? {} : { initial: 5, maximum: mostPages })
    loaded.setData(data)
    if (unreadable.length > 0) makeUnreadable(loaded, loaded.wasmInstance.exports, unreadable)
    return wasmInstance(loaded)
  }
  const instance = await again().catch((cause: unknown) => {
    throw new PolicyError('POLICY_NOT_LOADED', `the policy of \`${erp}\` does not load`, { cause })
  })
  const [builtin] = instance.builtins
  if (builtin !== undefined) {
    throw new PolicyError('POLICY_BUILTIN_UNKNOWN', `the policy of \`${erp}\` wants \`${builtin}\` of its host`)
  }
  const entrypoint = (name: Entrypoint): number => {
    const index = instance.entrypoints[`${erp}/${name}`]
    if (index !== undefined) return index
    throw new PolicyError('POLICY_ENTRYPOINT_MISSING', `the policy of \`${erp}\` has no entrypoint \`${erp}/${name}\``)
  }
  const entrypoints = {
    decision: entrypoint('decision'),
    visible: entrypoint('visible'),
    alerts: entrypoint('alerts'),
  }
  return { instance, entrypoints, again }
}

/**
 * Makes a module out of a bundle's content, ready to be asked.
 * @throws PolicyError as openModule does
 */
export async function instantiateModule(source: PolicySource): Promise<PolicyModule> {
  const opened = await openModule(source)
  let { instance } = opened
  return {
    evaluate(name, input) {
      try {
        return { value: instance.evaluate(opened.entrypoints[name], wellFormedJson(input)) }
      } catch {
        void opened.again().then(
          (next) => {
            instance = next
          },
          () => undefined,
        )
        return null
      }
    },
  }
}

/**
 * Makes a policy out of a bundle's content.
 * @throws PolicyError as instantiateModule does
 */
export async function instantiatePolicy(source: PolicySource): Promise<Policy> {
  const module = await instantiateModule(source)
  return {
    decide(input) {
      if (!isDecisionInput(input)) return denial('input_invalid', firstError(isDecisionInput.errors))
      const result = module.evaluate('decision', input)
      return result === null ? denial('policy_failed', 'the policy failed on this call') : readDecision(result.value)
    },
    visible(input) {
      return isVisibleInput(input) ? readVisible(module.evaluate('visible', input)?.value) : []
    },
    alerts(input) {
      return readAlerts(isAlertsInput(input) ? module.evaluate('alerts', input)?.value : undefined)
    },
  }
}
