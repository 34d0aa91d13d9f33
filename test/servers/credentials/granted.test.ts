import { expect, test } from 'vitest'
import { completeValues, renewedValues } from '../../../engine/access/credential-input.ts'
import type { Erp } from '../../../engine/contract/erp.ts'
import { holdCredentials } from '../../../servers/credentials/held.ts'
import { credentialsFrom, secretsIn } from '../../../servers/credentials/values.ts'

// What a login fills may be missing, is a secret once it is there, and is seen to change.

const SPEC = { secret: ['client_id', 'client_secret'], granted: ['refresh_token'] }
const COMPANY = '12345678000195'
const CLIENT = { client_id: 'c4n4ry-client', client_secret: 'c4n4ry-secret' }
const GRANTED = { ...CLIENT, refresh_token: 'c4n4ry-refresh' }
const ERP = { credentials: SPEC, connection: { auth: [] } } as unknown as Erp

test('a company without it opens, and is asked for nothing else', () => {
  const without = credentialsFrom({ [COMPANY]: CLIENT }, SPEC)
  expect(() => without.get(COMPANY, 'refresh_token')).toThrow('no credential `refresh_token`')
  expect(secretsIn(without, ERP)).toEqual(['c4n4ry-client', 'c4n4ry-secret'])
})

test('it is among the secrets to be hidden, and a login is a change', () => {
  const after = credentialsFrom({ [COMPANY]: GRANTED }, SPEC)
  expect(secretsIn(after, ERP)).toContain('c4n4ry-refresh')
  const held = holdCredentials(credentialsFrom({ [COMPANY]: CLIENT }, SPEC), SPEC)
  expect(held.replace(after)).toEqual([COMPANY])
  expect(held.replace(after)).toEqual([])
})

test('values set by hand leave it as it is, and may bring it', () => {
  expect(completeValues(SPEC, null, CLIENT)).toEqual(CLIENT)
  expect(completeValues(SPEC, GRANTED, { client_secret: 'next' })).toEqual({ ...GRANTED, client_secret: 'next' })
  expect(completeValues(SPEC, CLIENT, { refresh_token: 'by hand' })).toEqual({ ...CLIENT, refresh_token: 'by hand' })
  expect(renewedValues(SPEC, GRANTED, { refresh_token: 'next' })).toEqual({ ...GRANTED, refresh_token: 'next' })
  expect(() => renewedValues(SPEC, GRANTED, GRANTED)).toThrow('a new value for at least one secret')
})
