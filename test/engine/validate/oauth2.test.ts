import { describe, expect, test } from 'vitest'
import { loadTree } from '../../../engine/load/load.ts'
import { validateTree } from '../../../engine/validate/validate.ts'
import { withTree } from '../../helpers/overlay.ts'

// What erp.yaml may say of OAuth 2: the grants with their keys, hosts that are signed with it, one header for one token.

const ERP = 'erps/loja/erp.yaml'
const HEADER = '    - { in: header, name: authorization, credential: token, scheme: Bearer }'
const CLIENT = 'clientId: user, clientSecret: token, clientAuth: basic'
const TOKEN = 'tokenUrl: "https://api.loja.example/token"'
const AUTHORIZE = 'authorizeUrl: "https://api.loja.example/authorize"'
const BY_CLIENT = `grant: client_credentials, ${TOKEN}, ${CLIENT}`
const BY_CODE = `grant: authorization_code, ${AUTHORIZE}, ${TOKEN}, ${CLIENT}, refreshToken: refresh_token`

async function findings(auth: string, granted = '', put: [string, string] = ['', '']): Promise<string[]> {
  const edits = [
    { file: ERP, replace: HEADER, with: `    - { in: oauth2, ${auth} }` },
    { file: ERP, replace: '  plain: [company_id]', with: `  plain: [company_id]${granted}` },
    ...(put[0] === '' ? [] : [{ file: ERP, replace: put[0], with: put[1] }]),
  ]
  return withTree(edits, async (root) => {
    const { tree, findings } = await loadTree(root)
    return [...findings, ...validateTree(tree).findings].map(({ code, message }) => `${code}: ${message}`)
  })
}
const GRANTED = '\n  granted: [refresh_token]'

describe('what is right has no finding', () => {
  test('client credentials, with scopes, parameters and headers of their own', async () => {
    const more = 'scopes: [a, "b:write"], parameters: { audience: loja }, headers: { Accept: "1.0" }'
    expect(await findings(`${BY_CLIENT}, ${more}`)).toEqual([])
  })

  test('an authorization code, whose refresh token a login fills', async () => {
    expect(await findings(`${BY_CODE}, pkce: none`, GRANTED)).toEqual([])
  })
})

describe('a grant has its own keys', () => {
  test.each([
    [BY_CODE.replace(`${AUTHORIZE}, `, ''), GRANTED, 'grant `authorization_code` needs `authorizeUrl`'],
    [BY_CODE.replace(', refreshToken: refresh_token', ''), '', 'grant `authorization_code` needs `refreshToken`'],
    [`${BY_CLIENT}, ${AUTHORIZE}`, '', 'grant `client_credentials` has no `authorizeUrl`: nobody is asked'],
    [`${BY_CLIENT}, pkce: S256`, '', 'grant `client_credentials` has no `pkce`: nobody is asked'],
    [BY_CLIENT, GRANTED, 'no `refreshToken` under `auth` names `refresh_token`, so nothing fills it'],
    [
      BY_CODE.replace('refresh_token', 'user'),
      '\n  granted: [user]',
      '`user` stands under `secret` or `plain` as well',
    ],
  ])('%s', async (auth, granted, message) => {
    expect(await findings(auth, granted)).toEqual([`OAUTH_GRANT: ${message}`])
  })

  test('a credential that is not declared is named', async () => {
    expect(await findings(BY_CODE, '\n  granted: [refresh]')).toEqual([
      'CREDENTIAL_UNKNOWN: credential `refresh_token` is not declared under `credentials.granted` in erp.yaml',
      'OAUTH_GRANT: no `refreshToken` under `auth` names `refresh`, so nothing fills it',
    ])
    expect(await findings(BY_CLIENT.replace('clientSecret: token', 'clientSecret: hush'))).toEqual([
      'CREDENTIAL_UNKNOWN: credential `hush` is not declared under `credentials` in erp.yaml',
    ])
  })
})

describe('the client’s secret goes to no other place', () => {
  test.each([
    [BY_CLIENT.replace('api.loja', 'evil.loja'), 'HOST_NOT_ALLOWED: host `evil.loja.example` is not in allowedHosts'],
    [BY_CLIENT.replace('https', 'http'), 'BASE_URL: expected https for `api.loja.example`, got http'],
    [
      BY_CLIENT.replace('api.loja', 'me:hush@api.loja'),
      'BASE_URL: expected an address without user or password, got `…`',
    ],
  ])('%s', async (auth, finding) => {
    expect(await findings(auth)).toEqual([finding])
  })

  test.each(['{ grant_type: password }', '{ client_secret: x }', '{ code_verifier: x }'])(
    'and no parameter %s says what the grant says',
    async (parameters) => {
      expect((await findings(`${BY_CLIENT}, parameters: ${parameters}`))[0]).toMatch(/^VALUE_MALFORMED|^KEY_/)
    },
  )

  test.each(['{ Authorization: x }', '{ Accept: "a\\r\\nX: y" }'])('and no header %s', async (headers) => {
    expect(await findings(`${BY_CLIENT}, headers: ${headers}`)).toHaveLength(1)
  })
})

describe('one token has the header', () => {
  test.each([
    ['basic beside it', '    - { in: oauth2,', '    - { in: basic, user: user, password: token }\n    - { in: oauth2,'],
    ['a session in it', 'header: x-session', 'header: Authorization'],
    ['two of them', '    - in: session', `    - { in: oauth2, ${BY_CLIENT} }\n    - in: session`],
  ])('and not %s', async (_, replace, put) => {
    expect((await findings(BY_CLIENT, '', [replace, put])).map((found) => found.split(':')[0])).toEqual([
      'OAUTH_BESIDE',
    ])
  })
})
