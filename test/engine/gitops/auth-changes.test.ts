import { expect, test } from 'vitest'
import type { AuthItem, OAuth2Auth } from '../../../engine/contract/erp.ts'
import { authChanges } from '../../../engine/gitops/diff/auth-changes.ts'

// What a reviewer is told of a change in how calls say who they are.

const TOKEN: OAuth2Auth = {
  in: 'oauth2',
  grant: 'client_credentials',
  tokenUrl: 'https://api.example.com/token',
  clientId: 'client_id',
  clientSecret: 'client_secret',
  clientAuth: 'basic',
  scopes: ['read', 'write'],
}
const HEADER: AuthItem = { in: 'header', name: 'x-key', credential: 'key' }

function told(before: AuthItem[], after: AuthItem[]): string[] {
  const rest = { timeoutMs: 1, maxResponseBytes: 1 }
  return authChanges({ ...rest, auth: before }, { ...rest, auth: after })
}

test('a scope more, a scope fewer, and no word of another order', () => {
  expect(told([TOKEN], [{ ...TOKEN, scopes: ['write', 'pay'] }])).toEqual([
    'the scopes asked for (OAuth 2) changed in erp.yaml (+pay -read)',
  ])
  expect(told([TOKEN], [{ ...TOKEN, scopes: ['write', 'read'] }])).toEqual([])
})

test('another address for tokens', () => {
  expect(told([TOKEN], [{ ...TOKEN, tokenUrl: 'https://login.example.com/token' }])).toEqual([
    'where tokens are got and the client’s secret goes (OAuth 2) changed in erp.yaml (https://login.example.com/token, was https://api.example.com/token)',
  ])
})

test('a token in place of a header, with where it comes from and what for', () => {
  expect(told([HEADER], [TOKEN])).toEqual([
    'how calls authenticate changed in erp.yaml (oauth2, was header)',
    'where tokens are got and the client’s secret goes (OAuth 2) changed in erp.yaml (https://api.example.com/token, was nothing)',
    'the scopes asked for (OAuth 2) changed in erp.yaml (+read +write)',
  ])
  expect(told([TOKEN], [])).toEqual(['how calls authenticate changed in erp.yaml (not at all, was oauth2)'])
})

test('another header, and none where nothing changed', () => {
  expect(told([HEADER], [{ ...HEADER, credential: 'other' }])).toEqual([
    'how calls authenticate changed in erp.yaml ([{"in":"header","name":"x-key","credential":"other"}], was [{"in":"header","name":"x-key","credential":"key"}])',
  ])
  expect(told([HEADER, TOKEN], [HEADER, TOKEN])).toEqual([])
})
