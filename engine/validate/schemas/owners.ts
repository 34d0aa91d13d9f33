import type { JsonSchema } from '../../contract/universal/json-schema.ts'
import { EMAIL, listOf, object } from './parts.ts'

/** Letters, digits and single hyphens; in an enterprise's managed accounts, `_` and its short code behind. */
const LOGIN: JsonSchema = {
  type: 'string',
  pattern: '^[A-Za-z0-9]+(-[A-Za-z0-9]+)*(_[A-Za-z0-9]+)?$',
  maxLength: 60,
  description: 'a GitHub login, without `@`',
}

/** `owners.yaml`: who answers for one ERP. */
export const OWNERS_SCHEMA: JsonSchema = object({ owners: listOf(object({ email: EMAIL, 'github?': LOGIN })) })
