/**
 * `erps/<erp>/erp.yaml`, parsed and validated: what an ERP is. A closed vocabulary without expressions;
 * pointers are JSON Pointers (RFC 6901). Times in milliseconds, sizes in bytes.
 */
export interface Erp {
  /** Folder name and OPA package: `omie`. */
  name: string
  /** api: universal tools over HTTP. mcp: an upstream MCP server whose tool names are kept. */
  kind: 'api' | 'mcp'
  title: string
  connection: Connection
  /** Only for `kind: mcp`: the upstream is a program of this machine, spoken to over its standard input and output. */
  process?: UpstreamProcess
  credentials: CredentialSpec
  /** Absent for `kind: mcp`. */
  request?: RequestShape
  /** First match wins; a status of 400 or more that nothing matches is `server`. */
  errors: ErrorRule[]
  limits: LimitRule[]
  paging: Record<string, Paging>
  filters?: FilterStyle
}

/** Names of the values of each company's credential. */
export interface CredentialSpec {
  /** It must hold them. */
  secret: string[]
  /** It must hold them too; they are no secrets (a company id). */
  plain?: string[]
  /** Secrets that `alcada credentials login` fills: a company that lacks them cannot be called yet. */
  granted?: string[]
}

export interface Connection {
  /** https, or http on loopback under a development key. Absent where `process` stands. */
  baseUrl?: string
  allowedHosts?: string[]
  /** For one HTTP exchange. Default 30_000. */
  timeoutMs: number
  /** A larger answer is an error. Default 5_242_880. */
  maxResponseBytes: number
  auth: AuthItem[]
}

/** An upstream that the server starts itself, one for each company, without a shell. */
export interface UpstreamProcess {
  /** A name, looked for in the folders of ALCADA_UPSTREAM_PATH and nowhere else. */
  program: string
  /** They stand in the machine's list of processes, so no credential can be among them. */
  args?: (string | OwnPath)[]
  /** All of its environment beside PATH, which is ALCADA_UPSTREAM_PATH. */
  env?: Record<string, string | OwnPath | { credential: string }>
}

/** A program's name: never a path, an option or a hidden file. */
export const PROGRAM: string = '^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$'

/** A file or folder in the process's own working folder, as an absolute path. */
export interface OwnPath {
  folder: string
}

export type AuthItem =
  | { in: 'header' | 'query'; name: string; credential: string; scheme?: string }
  | { in: 'body'; pointer: string; credential: string }
  | { in: 'basic'; user: string; password: string }
  | SessionAuth
  | OAuth2Auth

/** Log in once per company, send the token with every call, log in again when `renewOn` is answered. */
export interface SessionAuth {
  in: 'session'
  login: { method: 'POST'; path: string; body: Template }
  /** The token's text: parts joined. A part is fixed text, a credential, or a pointer into the login's answer. */
  token: { join: ({ text: string } | { credential: string } | { pointer: string })[]; encode?: 'base64' }
  header: string
  scheme?: string
  renewOn: number[]
}

/**
 * OAuth 2 (RFC 6749): the server gets an access token for each company, sends it as a bearer token (RFC 6750), and gets
 * another before it ends or once the ERP answers 401. clientId, clientSecret and refreshToken name credentials.
 */
export interface OAuth2Auth {
  in: 'oauth2'
  /** authorization_code: a person has let us in once (`alcada credentials login`); refresh tokens may rotate. */
  grant: 'client_credentials' | 'authorization_code'
  /** Where a person lets us in. Only of authorization_code, and needed there. */
  authorizeUrl?: string
  /** Both hosts must be among allowedHosts. In place of a loopback base address its path is asked for there. */
  tokenUrl: string
  clientId: string
  clientSecret: string
  /** basic: in the header (RFC 6749, 2.3.1). post: in the body. */
  clientAuth: 'basic' | 'post'
  /** The one of credentials.granted that holds what the login gave. Only of authorization_code, and needed there. */
  refreshToken?: string
  /** Default: none is asked for. */
  scopes?: string[]
  /** S256 (RFC 7636), or none for an ERP that does not take it. Only of authorization_code. Default S256. */
  pkce?: 'S256' | 'none'
  /** More of what authorizeUrl and tokenUrl are asked with: `{ audience: … }`. */
  parameters?: Record<string, string>
  /** More headers of what tokenUrl is asked with. */
  headers?: Record<string, string>
}

/** JSON with markers in it: {$native: key}, {$args: true}, {$credential: name}. Everything else stands as it is. */
export type Template = string | number | boolean | null | Template[] | { [key: string]: Template }

export interface RequestShape {
  /** Default method when a tool's `native` gives none. */
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Envelope of the body; absent: the arguments are the body. */
  body?: Template
  /** Where the answer's content begins. Default the root, ''. */
  result?: string
  headers?: Record<string, string>
  /** The ERP is told which trace a call belongs to (W3C Trace Context). Default false. */
  traceparent?: boolean
}

export const ERROR_KINDS = [
  'auth',
  'forbidden',
  'validation',
  'not_found',
  'empty',
  'conflict',
  'rate_limited',
  'busy',
  'blocked',
  'server',
] as const
export type ErrorKind = (typeof ERROR_KINDS)[number]

/** From the narrowest to the widest; the last is all that goes out under this company's credential. */
export const ERROR_WAITS = ['call', 'operation', 'credential'] as const
export type ErrorWaits = (typeof ERROR_WAITS)[number]

export interface ErrorRule {
  status?: number[]
  /** Into the JSON answer; without it `matches` looks at the answer's text. */
  pointer?: string
  /** The value at `pointer` is there and equals this. */
  equals?: string | number | boolean
  /** A regular expression, case-insensitive, over the value at `pointer` (as text) or the whole answer's text. */
  matches?: string
  kind: ErrorKind
  /** Where the ERP's own words stand. They are clipped and masked before anyone sees them; without it ours are used. */
  message?: string
  /** Seconds to wait: the first group of `regex` over the value at `pointer`, or the header; `otherwise` where it says none. */
  retryAfter?: { pointer: string; regex: string; otherwise?: number } | { header: string; otherwise?: number }
  /** What is left alone for so long. Default: of `blocked` the operation, of others exactly this call. */
  waits?: ErrorWaits
  /** True when the ERP is known to have done nothing, so that a write's outcome is not unknown. Default: kind is not server. */
  notDone?: boolean
}

export interface LimitRule {
  /** What one budget is counted for. */
  key: ('ip' | 'credential' | 'operation' | 'args')[]
  /** Which calls it is for. Default all. */
  of?: 'reads' | 'writes'
  /** Calls per `perMs`; `errors` counts only failed ones. */
  max?: number
  errors?: number
  perMs?: number
  concurrency?: number
  /** wait: queue; cache: answer an identical read from memory; circuit: refuse until the window has passed. */
  onHit: 'wait' | 'cache' | 'circuit'
}

export type Paging =
  /** Page number and size; `pages` or `total` in the answer. */
  | { style: 'page'; page: Target; size: Target; max: number; pages?: string }
  /** Offset and limit; one more record than asked for tells that there is a next page. */
  | { style: 'offset'; offset: Target; size: Target; max: number }

/** Where a value goes in the ERP's request. Exactly one of them. */
export type Target =
  | { to: string }
  | { query: string }
  | { path: string }
  | { header: string }
  /** A condition for the ERP's filter language. */
  | { filter: { field: string; op: 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge' | 'contains' | 'in' } }

export type FilterStyle =
  /** OData text in one query parameter, literals by type: '' doubled in text, GUIDs, numbers, dates bare. */
  | { style: 'odata'; query: string }
  /** Tryton's domain: a list of [field, operator, value]. */
  | { style: 'domain'; to: string }
