import { describe, expect, test } from 'vitest'
import { createRedactor, secretsInAddress } from '../../../servers/credentials/redactor.ts'

const SECRET = 'c4n4ry/+"key"=1'

function knowing(...secrets: string[]) {
  const redactor = createRedactor()
  redactor.learn(secrets)
  return redactor
}

describe('a text is told without what is known to be secret', () => {
  test.each([
    ['as it is', `got ${SECRET} there`, 'got [secret] there'],
    ['in capitals', `got ${SECRET.toUpperCase()}`, 'got [secret]'],
    ['in JSON', JSON.stringify({ key: SECRET }), '{"key":"[secret]"}'],
    [
      'in an address',
      `https://erp.example/?k=${encodeURIComponent(SECRET)}&x=1`,
      'https://erp.example/?k=[secret]&x=1',
    ],
    ['in JSON within JSON', JSON.stringify([JSON.stringify([SECRET])]), '["[\\"[secret]\\"]"]'],
    ['in HTML', '<p>c4n4ry/+&quot;key&quot;=1</p> c4n4ry/+&#34;key&#34;=1', '<p>[secret]</p> [secret]'],
    ['in base64', `Basic ${Buffer.from(SECRET).toString('base64')}`, 'Basic [secret]'],
    ['in hex', Buffer.from(SECRET).toString('hex'), '[secret]'],
    ['twice', `${SECRET}${SECRET}`, '[secret][secret]'],
  ])('%s', (_, text, told) => {
    expect(knowing(SECRET).text(text)).toBe(told)
  })

  test('the longest of two first, where one stands in the other', () => {
    expect(knowing('c4n4ry-key', 'c4n4ry-key-of-aurora').text('c4n4ry-key-of-aurora')).toBe('[secret]')
  })

  test('a short one where it is the whole text, and not inside of a word', () => {
    const { text } = knowing('maker')
    expect(text('maker')).toBe('[secret]')
    expect(text('dressmakers of São Paulo')).toBe('dressmakers of São Paulo')
  })

  test('nothing is hidden before anything is known, nor by an empty secret', () => {
    expect(createRedactor().text('everything in the open')).toBe('everything in the open')
    expect(knowing('').text('everything in the open')).toBe('everything in the open')
  })
})

test('a signed token is hidden, whoever has put it there', () => {
  const token = `${part({ alg: 'EdDSA' })}.${part({ sub: 'u17' })}.c2lnbmF0dXJlLW9mLWEtdG9rZW4`
  expect(createRedactor().text(`Bearer ${token}, and no more`)).toBe('Bearer [secret], and no more')
  expect(createRedactor().value({ note: token, [token]: [token] })).toEqual({
    note: '[secret]',
    '[secret]': ['[secret]'],
  })
})

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

describe('data is told without it', () => {
  test('in values, names, numbers and lists, at any depth', () => {
    const { value } = knowing(SECRET, '1560731700000')
    const given = { rows: [{ name: `x ${SECRET}`, app: 1560731700000, [SECRET]: [null, true, SECRET] }] }
    expect(value(given)).toEqual({
      rows: [{ name: 'x [secret]', app: '[secret]', '[secret]': [null, true, '[secret]'] }],
    })
    expect(given.rows[0]?.name).toBe(`x ${SECRET}`)
  })

  test('and is the very same where there is none in it', () => {
    const given = { rows: [{ name: 'Moinho', amount: 900.5 }] }
    expect(knowing(SECRET).value(given)).toBe(given)
  })
})

test('sessions are forgotten after many others, credentials never', () => {
  const redactor = knowing(SECRET)
  for (let number = 0; number < 300; number += 1) redactor.learn([`session-number-${number}-`], 'session')
  expect(redactor.text(`session-number-0- session-number-299- ${SECRET}`)).toBe('session-number-0- [secret] [secret]')
})

test('a session that is in use is not among the forgotten', () => {
  const redactor = createRedactor()
  redactor.learn(['session-in-use'], 'session')
  for (let number = 0; number < 300; number += 1) {
    redactor.learn([`session-number-${number}-`], 'session')
    redactor.learn(['session-in-use'], 'session')
  }
  expect(redactor.text('session-in-use session-number-0-')).toBe('[secret] session-number-0-')
})

test('the password of an address is known as it stands there and as it is', () => {
  expect(secretsInAddress('postgres://alcada:p%40ss-w0rd@db.internal/ledger')).toEqual(['p%40ss-w0rd', 'p@ss-w0rd'])
  expect(secretsInAddress('postgres://db.internal/ledger')).toEqual([])
})
