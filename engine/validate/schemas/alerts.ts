import type { JsonSchema } from '../../contract/universal/json-schema.ts'
import { DURATION, listOf, object, oneOf, POSITIVE, RECIPIENTS, setOf, TEXT } from './parts.ts'

const SEVERITY = oneOf(['warning', 'critical'])

const LASTING: JsonSchema = {
  type: 'string',
  pattern: '^(0|[1-9][0-9]{0,5})[smh]$',
  description: 'a duration such as `1m`, or `0s` for at once',
}

const ALERT = { severity: SEVERITY, 'for?': LASTING }

function alert(threshold: JsonSchema): JsonSchema {
  return object({ threshold, ...ALERT })
}

const RATIO: JsonSchema = { type: 'number', exclusiveMinimum: 0, maximum: 1 }

/** `alerts.yaml`: design, section 2 (S7). */
export const ALERTS_SCHEMA: JsonSchema = object({
  alerts: object({
    response_time: alert({ type: 'number', exclusiveMinimum: 0 }),
    error_rate: alert(RATIO),
    rate_limit: alert({ type: 'number', exclusiveMinimum: 0 }),
    authentication_failures: alert(POSITIVE),
    disk_space: alert(RATIO),
    'policy_rejected?': object(ALERT),
    'policy_expiry?': alert(DURATION),
    'approval_not_executed?': alert(DURATION),
    'window?': DURATION,
    notifications: listOf({
      type: 'object',
      discriminator: { propertyName: 'type' },
      oneOf: [
        object({
          type: { const: 'email' },
          recipients: RECIPIENTS,
          severity: setOf(SEVERITY, 1),
        }),
        object({ type: { const: 'slack' }, webhook: TEXT, severity: setOf(SEVERITY, 1) }),
      ],
    }),
  }),
})
