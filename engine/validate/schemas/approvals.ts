import type { JsonSchema } from '../../contract/universal/json-schema.ts'
import { DURATION, FLAG, listOf, object, oneOf, RECIPIENTS, TEXT } from './parts.ts'

const CHANNELS: JsonSchema = listOf(
  {
    type: 'object',
    discriminator: { propertyName: 'type' },
    oneOf: [
      object({
        type: { const: 'email' },
        recipients: RECIPIENTS,
      }),
      object({ type: { const: 'slack' }, webhook: TEXT }),
    ],
  },
  1,
)

/** `approvals:` of rbac.yaml: how a request for approval lives, and who is told of it. */
export const APPROVALS_SCHEMA: JsonSchema = object({
  'after_approval?': oneOf(['client_repeats', 'server_runs']),
  'expires_after?': DURATION,
  'show_amount?': FLAG,
  'notify?': CHANNELS,
  'remind_every?': DURATION,
  'escalate?': object({ after: DURATION, notify: CHANNELS }),
  'alert?': object({ not_executed_after: DURATION, notify: CHANNELS }),
})
