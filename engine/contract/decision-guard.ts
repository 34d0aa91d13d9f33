import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import type { AlertsInput, DecisionInput, VisibleInput } from './decision-input.ts'
import { ALERTS_INPUT_SCHEMA, DECISION_INPUT_SCHEMA, VISIBLE_INPUT_SCHEMA } from './decision-schema.ts'

const ajv = new Ajv()

// Rego compares across types (`null <= 5` is true), so nothing reaches a policy before its types are sure.
export const isDecisionInput: ValidateFunction<DecisionInput> = ajv.compile<DecisionInput>(DECISION_INPUT_SCHEMA)
export const isVisibleInput: ValidateFunction<VisibleInput> = ajv.compile<VisibleInput>(VISIBLE_INPUT_SCHEMA)
export const isAlertsInput: ValidateFunction<AlertsInput> = ajv.compile<AlertsInput>(ALERTS_INPUT_SCHEMA)

/** The first thing wrong, without the value: it may be personal. `/facts/amount must be integer`. */
export function firstError(errors: readonly ErrorObject[] | null | undefined): string {
  const [error] = errors ?? []
  return error === undefined ? 'unknown error' : `${error.instancePath || '/'} ${error.message ?? error.keyword}`
}
