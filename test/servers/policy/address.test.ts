// A server that is pointed at a stand-in gets its tokens there as well: no client secret or refresh token of it goes to the real ERP.
import { expect, test } from 'vitest'
import type { OAuth2Auth } from '../../../engine/contract/erp.ts'
import { withAddress } from '../../../servers/policy/address.ts'
import { catalogue, erp, tool } from '../erp/erp-on-loopback.ts'

const TOKENS: OAuth2Auth = {
  in: 'oauth2',
  grant: 'client_credentials',
  tokenUrl: 'https://login.example.org/oauth/token?tenant=1',
  clientId: 'client_id',
  clientSecret: 'client_secret',
  clientAuth: 'basic',
}
const connection = { allowedHosts: ['api.example.org', 'login.example.org'], auth: [TOKENS] }
const signed = catalogue(erp('https://api.example.org/v3', { connection }), tool())

test('the token address moves with the base address, its path and query kept', () => {
  expect(withAddress(signed, 'http://127.0.0.1:4321/v3', true).erp.connection).toMatchObject({
    baseUrl: 'http://127.0.0.1:4321/v3',
    allowedHosts: ['127.0.0.1:4321'],
    auth: [{ tokenUrl: 'http://127.0.0.1:4321/oauth/token?tenant=1' }],
  })
})

test('where nothing is pointed elsewhere, it is the signed one', () => {
  expect(withAddress(signed, null, false)).toBe(signed)
})
