import type { AuthItem, CredentialSpec } from '../../contract/erp.ts'
import { type Description, isPart, type Part, partsOf } from './openapi/document.ts'

/** How an ERP may ask who calls. */
export const AUTH_TYPES = ['body', 'header', 'query', 'basic', 'session', 'oauth2'] as const
export type AuthType = (typeof AUTH_TYPES)[number]

/** What erp.yaml says of it. */
export interface AuthPlan {
  items: AuthItem[]
  credentials: CredentialSpec
  /** Addresses besides the API's own. */
  addresses: string[]
  /** What is to be compared with the documentation. */
  review: string
}

/** The types that a description declares, in its order. */
export function declaredTypes(description: Description): AuthType[] {
  const found = schemesOf(description).map(typeOf)
  return [...new Set(found.filter((type) => type !== null))]
}

/** By the description's own names where it declares the type, by the usual ones elsewhere. */
export function authPlan(type: AuthType, apiUrl: string, description: Description | null): AuthPlan {
  const scheme = description === null ? undefined : schemesOf(description).find((each) => typeOf(each) === type)
  const review = scheme === undefined ? 'a usual way; see what the documentation says' : 'as the description says'
  return { ...PLANS[type](scheme ?? {}, apiUrl), review }
}

const PLANS: Readonly<Record<AuthType, (scheme: Part, apiUrl: string) => Omit<AuthPlan, 'review'>>> = {
  header: (scheme) => {
    const own = scheme['type'] === 'apiKey' ? textOf(scheme['name']) : ''
    const item: AuthItem =
      own === ''
        ? { in: 'header', name: 'authorization', credential: 'token', scheme: 'Bearer' }
        : { in: 'header', name: own, credential: 'token' }
    return { items: [item], credentials: { secret: ['token'] }, addresses: [] }
  },
  query: (scheme) => {
    const name = textOf(scheme['name']) || 'api_key'
    return {
      items: [{ in: 'query', name, credential: 'api_key' }],
      credentials: { secret: ['api_key'] },
      addresses: [],
    }
  },
  basic: () => ({
    items: [{ in: 'basic', user: 'user', password: 'password' }],
    credentials: { secret: ['password'], plain: ['user'] },
    addresses: [],
  }),
  body: () => ({
    items: [
      { in: 'body', pointer: '/app_key', credential: 'app_key' },
      { in: 'body', pointer: '/app_secret', credential: 'app_secret' },
    ],
    credentials: { secret: ['app_key', 'app_secret'] },
    addresses: [],
  }),
  session: () => ({
    items: [
      {
        in: 'session',
        login: {
          method: 'POST',
          path: '/login',
          body: { user: { $credential: 'user' }, password: { $credential: 'password' } },
        },
        token: { join: [{ pointer: '/token' }] },
        header: 'authorization',
        scheme: 'Bearer',
        renewOn: [401],
      },
    ],
    credentials: { secret: ['password'], plain: ['user'] },
    addresses: [],
  }),
  oauth2: oauth2Plan,
}

function oauth2Plan(scheme: Part, apiUrl: string): Omit<AuthPlan, 'review'> {
  const flows = isPart(scheme['flows']) ? scheme['flows'] : {}
  const code = isPart(flows['authorizationCode']) ? flows['authorizationCode'] : null
  const client = isPart(flows['clientCredentials']) ? flows['clientCredentials'] : {}
  const named = { clientId: 'client_id', clientSecret: 'client_secret', clientAuth: 'basic' } as const
  const secret = ['client_id', 'client_secret']
  const tokenUrl = webAddress((code ?? client)['tokenUrl']) ?? new URL('/oauth/token', apiUrl).href
  const authorizeUrl = webAddress(code?.['authorizationUrl'])
  if (authorizeUrl === null) {
    const item: AuthItem = { in: 'oauth2', grant: 'client_credentials', tokenUrl, ...named }
    return { items: [item], credentials: { secret }, addresses: [tokenUrl] }
  }
  const grant = { grant: 'authorization_code', authorizeUrl, tokenUrl, refreshToken: 'refresh_token' } as const
  return {
    items: [{ in: 'oauth2', ...grant, ...named }],
    credentials: { secret, granted: ['refresh_token'] },
    addresses: [tokenUrl, authorizeUrl],
  }
}

function schemesOf({ root, follow }: Description): Part[] {
  const components = follow(root['components'])
  const schemes = components['securitySchemes']
  return isPart(schemes) ? Object.values(schemes).map(follow) : []
}

function typeOf(scheme: Part): AuthType | null {
  switch (scheme['type']) {
    case 'oauth2':
      return 'oauth2'
    case 'http':
      return textOf(scheme['scheme']).toLowerCase() === 'basic' ? 'basic' : 'header'
    case 'apiKey':
      return scheme['in'] === 'query' ? 'query' : scheme['in'] === 'header' ? 'header' : null
    default:
      return null
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function webAddress(value: unknown): string | null {
  return typeof value === 'string' && /^https:\/\/[^\s#]+$/.test(value) && URL.canParse(value) ? value : null
}

/** The address that a description gives the API; null where it gives none. */
export function declaredAddress({ root, follow }: Description): string | null {
  for (const server of partsOf(root['servers'])) {
    const address = webAddress(follow(server)['url'])
    if (address !== null) return address.replace(/\/+$/, '')
  }
  return null
}
