import {
  type Connection,
  type CredentialSpec,
  ERROR_KINDS,
  ERROR_WAITS,
  type Erp,
  type ErrorRule,
  type LimitRule,
  type OAuth2Auth,
  PROGRAM,
  type RequestShape,
  type UpstreamProcess,
} from '../../contract/erp.ts'
import type { JsonSchema } from '../../contract/universal/json-schema.ts'
import {
  ANY,
  FLAG,
  type KeysOf,
  listOf,
  mapOf,
  NAME,
  object,
  oneOf,
  POINTER,
  POSITIVE,
  SCALAR,
  setOf,
  TEXT,
  tagged,
  textOr,
} from './parts.ts'

export const METHOD: JsonSchema = oneOf(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
/** An HTTP status. */
export const STATUS_CODE: JsonSchema = { type: 'integer', minimum: 100, maximum: 599 }
const STATUS = setOf(STATUS_CODE, 1)
export const PATH: JsonSchema = { type: 'string', pattern: '^/[^?#\\s]*$', description: 'a path that begins with `/`' }

/** Where a value goes; exactly one of them. */
export const TARGET: Record<string, JsonSchema> = {
  'to?': POINTER,
  'query?': TEXT,
  'path?': NAME,
  'header?': TEXT,
  'filter?': object({ field: TEXT, op: oneOf(['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'contains', 'in']) }),
}
export const TARGETS: readonly string[] = ['to', 'query', 'path', 'header', 'filter']
const TARGET_OBJECT: JsonSchema = object(TARGET, { exactlyOne: [TARGETS] })

const SESSION: JsonSchema = object({
  in: { const: 'session' },
  login: object({ method: { const: 'POST' }, path: PATH, body: ANY }),
  token: object({
    join: listOf(
      object(
        { 'text?': TEXT, 'credential?': NAME, 'pointer?': POINTER },
        { exactlyOne: [['text', 'credential', 'pointer']] },
      ),
      1,
    ),
    'encode?': { const: 'base64' },
  }),
  header: TEXT,
  'scheme?': TEXT,
  renewOn: STATUS,
})

const ENDPOINT: JsonSchema = {
  type: 'string',
  pattern: '^https?://[^\\s#]+$',
  description: 'an address such as `https://api.example.com/oauth/token`',
}
/** Visible characters alone: nothing in it can end the header. */
const HEADER_VALUE: JsonSchema = {
  type: 'string',
  pattern: '^[\\x20-\\x7e]{1,2000}$',
  description: 'visible characters',
}

const OAUTH2: JsonSchema = object({
  in: { const: 'oauth2' },
  grant: oneOf(['client_credentials', 'authorization_code']),
  'authorizeUrl?': ENDPOINT,
  tokenUrl: ENDPOINT,
  clientId: NAME,
  clientSecret: NAME,
  clientAuth: oneOf(['basic', 'post']),
  'refreshToken?': NAME,
  // The characters of a scope (RFC 6749, 3.3).
  'scopes?': setOf({ type: 'string', pattern: '^[\\x21\\x23-\\x5b\\x5d-\\x7e]{1,200}$', description: 'one scope' }, 1),
  'pkce?': oneOf(['S256', 'none']),
  'parameters?': mapOf(TEXT, {
    type: 'string',
    // What the grant itself says is not said twice.
    pattern:
      '^(?!(grant_type|response_type|client_id|client_secret|redirect_uri|scope|state|code.*|refresh_token)$)[a-z_]+$',
    description: 'a parameter that the grant does not set itself',
  }),
  'headers?': mapOf(HEADER_VALUE, {
    type: 'string',
    pattern: '^(?!(?:[Aa]uthorization|[Cc]ontent-.*|[Hh]ost)$)[A-Za-z][A-Za-z0-9-]*$',
    description: 'a header that the grant does not set itself',
  }),
} satisfies KeysOf<OAuth2Auth>)

/** One way of authenticating. */
export const AUTH: JsonSchema = tagged('in', [
  object({ in: oneOf(['header', 'query']), name: TEXT, credential: NAME, 'scheme?': TEXT }),
  object({ in: { const: 'body' }, pointer: POINTER, credential: NAME }),
  object({ in: { const: 'basic' }, user: NAME, password: NAME }),
  SESSION,
  OAUTH2,
])

const CONNECTION: JsonSchema = object({
  'baseUrl?': {
    type: 'string',
    pattern: '^https?://[^\\s?#]+$',
    description: 'an address such as `https://api.example.com/v1`',
  },
  'allowedHosts?': setOf(
    { type: 'string', pattern: '^[a-z0-9.:\\[\\]-]+$', description: 'a host name in lower case' },
    1,
  ),
  timeoutMs: { type: 'integer', minimum: 100, maximum: 300_000 },
  maxResponseBytes: { type: 'integer', minimum: 1024, maximum: 104_857_600 },
  auth: listOf(AUTH),
} satisfies KeysOf<Connection>)

const OWN_PLACE: JsonSchema = {
  type: 'string',
  pattern: '^(?!\\.{1,2}(/|$))[A-Za-z0-9._-]+(/(?!\\.{1,2}(/|$))[A-Za-z0-9._-]+)*$',
  description: 'a relative path without `..`, such as `memory.jsonl`',
}

const PROCESS: JsonSchema = object({
  program: { type: 'string', pattern: PROGRAM, description: 'a program’s name without a path' },
  'args?': listOf(textOr(TEXT, object({ folder: OWN_PLACE }))),
  'env?': mapOf(
    textOr(
      { type: 'string', maxLength: 2000 },
      object({ 'folder?': OWN_PLACE, 'credential?': NAME }, { exactlyOne: [['folder', 'credential']] }),
    ),
    {
      type: 'string',
      // What would make the program load or run something else than what was reviewed.
      pattern: '^(?!(PATH|IFS|NODE_.*|LD_.*|DYLD_.*|PYTHON.*|BASH_ENV|ENV)$)[A-Z_][A-Z0-9_]*$',
      description: 'a variable in capitals that does not change what the program loads',
    },
  ),
} satisfies KeysOf<UpstreamProcess>)

const RULE: JsonSchema = object(
  {
    'status?': STATUS,
    'pointer?': POINTER,
    'equals?': SCALAR,
    'matches?': TEXT,
    kind: oneOf(ERROR_KINDS),
    'message?': POINTER,
    'retryAfter?': object(
      { 'pointer?': POINTER, 'regex?': TEXT, 'header?': TEXT, 'otherwise?': POSITIVE },
      {
        exactlyOne: [['pointer', 'header']],
        onlyWith: { regex: ['pointer'] },
        dependentRequired: { pointer: ['regex'] },
      },
    ),
    'waits?': oneOf(ERROR_WAITS),
    'notDone?': FLAG,
  } satisfies KeysOf<ErrorRule>,
  { onlyWith: { equals: ['pointer'], waits: ['retryAfter'] } },
)

const LIMIT: JsonSchema = object(
  {
    key: setOf(oneOf(['ip', 'credential', 'operation', 'args']), 1),
    'of?': oneOf(['reads', 'writes']),
    'max?': POSITIVE,
    'errors?': POSITIVE,
    'perMs?': POSITIVE,
    'concurrency?': POSITIVE,
    onHit: oneOf(['wait', 'cache', 'circuit']),
  } satisfies KeysOf<LimitRule>,
  { dependentRequired: { max: ['perMs'], errors: ['perMs'] } },
)

const PAGING: JsonSchema = tagged('style', [
  object({ style: { const: 'page' }, page: TARGET_OBJECT, size: TARGET_OBJECT, max: POSITIVE, 'pages?': POINTER }),
  object({ style: { const: 'offset' }, offset: TARGET_OBJECT, size: TARGET_OBJECT, max: POSITIVE }),
])

/** `erps/<erp>/erp.yaml`: engine/contract/erp.ts as JSON Schema. */
export const ERP_SCHEMA: JsonSchema = object({
  name: NAME,
  kind: oneOf(['api', 'mcp']),
  title: TEXT,
  connection: CONNECTION,
  'process?': PROCESS,
  credentials: object({
    secret: setOf(NAME),
    'plain?': setOf(NAME),
    'granted?': setOf(NAME, 1),
  } satisfies KeysOf<CredentialSpec>),
  'request?': object({
    method: METHOD,
    'body?': ANY,
    'result?': POINTER,
    'headers?': mapOf(TEXT),
    'traceparent?': { type: 'boolean' },
  } satisfies KeysOf<RequestShape>),
  errors: listOf(RULE),
  limits: listOf(LIMIT),
  paging: mapOf(PAGING, NAME),
  'filters?': tagged('style', [
    object({ style: { const: 'odata' }, query: TEXT }),
    object({ style: { const: 'domain' }, to: POINTER }),
  ]),
} satisfies KeysOf<Erp>)
