import { describe, expect, test } from 'vitest'
import type { OAuth2Auth } from '../../../engine/contract/erp.ts'
import type { ReadAnswer } from '../../../servers/erp/answer.ts'
import { requestFor, tokenGiven } from '../../../servers/erp/oauth/token-request.ts'

// What a token is asked for with, and what is made of every kind of answer.

const AUTH: OAuth2Auth = {
  in: 'oauth2',
  grant: 'client_credentials',
  tokenUrl: 'https://api.example.com/token',
  clientId: 'client_id',
  clientSecret: 'client_secret',
  clientAuth: 'basic',
}
const CLIENT = { clientId: 'a b', clientSecret: 'p:s/1', refresh: null }

describe('a request', () => {
  test('of a client has its pair in the header, each part as in a form, and the scopes', () => {
    expect(requestFor({ ...AUTH, scopes: ['a', 'b:c'] }, CLIENT)).toEqual({
      method: 'POST',
      headers: {
        accept: 'application/json',
        authorization: `Basic ${Buffer.from('a+b:p%3As%2F1').toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials&scope=a+b%3Ac',
    })
  })

  test('of a refresh has the pair in the body where the ERP wants it there, and parameters and headers of its own', () => {
    const item = { ...AUTH, clientAuth: 'post' as const, parameters: { audience: 'x y' }, headers: { Accept: '1.0' } }
    expect(requestFor(item, { ...CLIENT, refresh: 'r/1' })).toEqual({
      method: 'POST',
      headers: { accept: '1.0', 'content-type': 'application/x-www-form-urlencoded' },
      body: 'audience=x+y&grant_type=refresh_token&refresh_token=r%2F1&client_id=a+b&client_secret=p%3As%2F1',
    })
  })
})

describe('an answer', () => {
  const answer = (status: number, document: unknown, headers = {}): ReadAnswer => ({
    ...{ status, headers, document, text: '', readable: true },
  })
  const refused = (of: ReadAnswer, refresh: string | null = 'r') => {
    try {
      return tokenGiven(of, { ...CLIENT, refresh })
    } catch (error) {
      return error
    }
  }

  test.each<[object, object]>([
    [{ access_token: 'a', token_type: 'Bearer', expires_in: 21600, refresh_token: 'r2' }, { livesMs: 21_600_000 }],
    [{ access_token: 'a', token_type: 'bearer', expires_in: '60', refresh_token: 'r2' }, { livesMs: 60_000 }],
    [{ access_token: 'a', refresh_token: 'r2' }, { livesMs: 3_600_000 }],
    [{ access_token: 'a', expires_in: -1, refresh_token: 'r2' }, { livesMs: 3_600_000 }],
    [{ access_token: 'a', expires_in: 1e12, refresh_token: 'r2' }, { livesMs: 2_678_400_000 }],
    [
      { access_token: 'a', expires_in: 60 },
      { refresh: null, livesMs: 60_000 },
    ],
  ])('%j gives a token', (document, given) => {
    expect(tokenGiven(answer(200, document), CLIENT)).toEqual({ access: 'a', refresh: 'r2', ...given })
  })

  test.each<[string, ReadAnswer, object]>([
    ['the grant is no more', answer(400, { error: 'invalid_grant' }), { ended: true, error: { kind: 'auth' } }],
    ['the same, one level deeper', answer(400, { error: { type: 'INVALID_GRANT' } }), { ended: true }],
    [
      'the client is not known',
      answer(401, { error: 'invalid_client' }),
      { ended: false, waitMs: 60_000, error: { message: 'the ERP gave no token (invalid_client)' } },
    ],
    ['too often', answer(429, null, { 'retry-after': '7' }), { waitMs: 7_000, error: { kind: 'rate_limited' } }],
    ['an error with a 200', answer(200, { error: 'invalid_scope' }), { ended: false, error: { kind: 'auth' } }],
    ['a broken server', answer(502, undefined), { ended: false, error: { kind: 'server' } }],
    ['a token of another kind', answer(200, { access_token: 'a', token_type: 'mac' }), { ended: false }],
    ['no token', answer(200, {}), { error: { kind: 'unreadable_answer' } }],
    ['elsewhere', answer(302, undefined), { error: { kind: 'redirect_refused' } }],
  ])('%s: refused, and nothing was done', (_, given, expected) => {
    expect(refused(given)).toMatchObject({ notDone: true, ...expected })
  })

  test('what an ERP says of its own is repeated by nobody', () => {
    const said = refused(answer(400, { error: 'bad r/1', error_description: 'secret p:s/1' }))
    expect(said).toMatchObject({ error: { message: 'the ERP gave no token (an error without a name)' } })
  })

  test('a client’s own request ends no grant', () => {
    expect(refused(answer(400, { error: 'invalid_grant' }), null)).toMatchObject({ ended: false })
  })
})
