import { afterEach, beforeEach, expect, test } from 'vitest'
import { AURORA, BRISA, type Nibo, openNibo } from './nibo-call.ts'

let nibo: Nibo
beforeEach(async () => {
  nibo = await openNibo()
})
afterEach(() => nibo.close())

const filter = (path: string, expression: string) =>
  nibo.call('GET', `${path}?$filter=${encodeURIComponent(expression)}`)

test('the token is the organization, in a header or in the query; without one the answer is 401', async () => {
  const token = nibo.credentials[BRISA]?.['api_token'] ?? ''
  const byQuery = await fetch(`${nibo.url}/customers?apitoken=${token}`)
  const authorization = await fetch(`${nibo.url}/customers`, { headers: { Authorization: `Bearer ${token}` } })
  expect(byQuery.status).toBe(200)
  expect(authorization.status).toBe(401)
  expect(await authorization.json()).toEqual({ Message: 'Authorization has been denied for this request.' })
  expect(nibo.received.map(({ company, status }) => [company, status])).toEqual([
    [BRISA, 200],
    [null, 401],
  ])
  expect(JSON.stringify(nibo.received)).not.toContain(token)
})

test('the fifteenth call of a second is 429 in plain text, per organization', async () => {
  for (let at = 0; at < 14; at++) expect((await nibo.call('GET', '/costcenters')).status).toBe(200)
  expect(await nibo.call('GET', '/costcenters')).toEqual({
    status: 429,
    body: 'API calls quota exceeded! maximum admitted 14 per Second.',
  })
  expect((await nibo.call('GET', '/costcenters', undefined, BRISA)).status).toBe(200)
  nibo.wait(1001)
  expect((await nibo.call('GET', '/costcenters')).status).toBe(200)
})

test('each collection answers items and count, and pages by a key of its own', async () => {
  const keys = [
    ['/customers', 'id', 12],
    ['/suppliers', 'id', 12],
    ['/stakeholders', 'id', 24],
    ['/schedules/debit', 'scheduleId', 19],
    ['/schedules/credit', 'scheduleId', 14],
    ['/payments', 'entryId', 6],
    ['/receipts', 'entryId', 5],
    ['/categories', 'id', 7],
    ['/schedules/categories', 'id', 7],
    ['/costcenters', 'costCenterId', 3],
    ['/accounts', 'id', 3],
    ['/accounts/views/balance', 'accountId', 3],
  ] as const
  for (const [path, key, count] of keys) {
    nibo.wait(1001)
    const page = await nibo.call('GET', `${path}?$orderby=${key}&$skip=1&$top=1`)
    expect([path, page]).toMatchObject([path, { status: 200, body: { items: [{}], count } }])
    const wrong = await nibo.call('GET', `${path}?$orderby=nada`)
    expect(wrong).toMatchObject({ status: 500, body: { error: 'validation_error' } })
  }
  expect((await nibo.call('GET', '/schedules/debit?$orderby=id')).status).toBe(500)
  expect((await nibo.call('GET', '/accounts/views/balance?$orderby=id')).status).toBe(500)
})

test('$skip without $orderby is HTTP 500', async () => {
  expect(await nibo.call('GET', '/schedules/debit?$skip=1')).toEqual({
    status: 500,
    body: { error: 'internal_server_error', error_description: 'O Nibo se comportou de forma inesperada.' },
  })
})

test('an answer holds 500 at most', async () => {
  const crowded = await openNibo({ limitFactor: 100, listLagMs: 0 })
  for (let at = 0; at < 495; at++) await crowded.call('POST', '/costcenters', { description: `CC ${at}` })
  for (let at = 0; at < 4; at++) await crowded.call('POST', '/costcenters', { description: `CD ${at}` })
  const reply = await crowded.call('GET', '/costcenters?$orderby=costCenterId&$top=1000')
  expect(reply.body).toMatchObject({ count: 502 })
  expect(await crowded.items('/costcenters', { $orderby: 'costCenterId', $top: '1000' })).toHaveLength(500)
  await crowded.close()
})

test('text stands between quotes; a quote within is doubled', async () => {
  const named = await nibo.items('/customers', { $filter: "name eq 'Empório D''Oliva Ltda'" })
  expect(named.map((row) => row['name'])).toEqual(["Empório D'Oliva Ltda"])
  const part = await nibo.items('/schedules/debit', { $filter: "contains(tolower(stakeholder/name),'moinho')" })
  expect(new Set(part.map((row) => row['value']))).toContain(-89.9)
  expect(await filter('/customers', "name eq 'Empório D'Oliva Ltda'")).toMatchObject({
    status: 500,
    body: { error: 'validation_error' },
  })
})

test('identifiers, numbers, dates and booleans are bare; quoted they are HTTP 500', async () => {
  const [first] = await nibo.items('/schedules/debit', { $orderby: 'dueDate', $top: '1' })
  const holder = first?.['stakeholder']
  const id = typeof holder === 'object' && holder !== null && 'id' in holder ? holder.id : ''
  expect((await filter('/schedules/debit', `stakeholder/id eq ${id} and isPaid eq true`)).status).toBe(200)
  for (const [quoted, left] of [
    [`stakeholder/id eq '${id}'`, 'Edm.Guid'],
    ["value lt '0'", 'Edm.Double'],
    ["dueDate lt '2026-12-01'", 'Edm.DateTimeOffset'],
    ["isPaid eq 'false'", 'Edm.Boolean'],
  ]) {
    const reply = await filter('/schedules/debit', quoted ?? '')
    expect(reply).toMatchObject({ status: 500, body: { error: 'validation_error' } })
    expect(JSON.stringify(reply.body)).toContain(`Found operand types '${left}' and 'Edm.String'`)
  }
})

test('comparisons, and, or, brackets, not and the parts of a date', async () => {
  const count = async (expression: string): Promise<number> =>
    (await nibo.items('/schedules/debit', { $filter: expression })).length
  expect(await count('isPaid eq true')).toBe(4)
  expect(await count('not isPaid eq true')).toBe(15)
  expect(await count('isPaid eq false and dueDate lt 2026-11-16')).toBe(3)
  expect(await count('dueDate ge 2026-11-30 and dueDate le 2026-11-30')).toBe(2)
  expect(await count('year(dueDate) eq 2026 and month(dueDate) eq 11')).toBe(6)
  expect(await count('value eq -89.90 or value eq -3250.40 and isPaid eq true')).toBe(2)
  expect(await count('(value eq -89.90 or value eq -3250.40) and isPaid eq true')).toBe(1)
  expect(await count("startswith(reference,'AP-2026-000') and value ne -1000")).toBe(8)
})

test('a filter that cannot be read is a validation error', async () => {
  for (const expression of ['nada eq 1', 'isPaid eq', 'value', 'isPaid eq true)', 'soma(value) eq 1', 'value eq 1 2']) {
    nibo.wait(1001)
    expect(await filter('/schedules/debit', expression)).toMatchObject({
      status: 500,
      body: { error: 'validation_error' },
    })
  }
})

test('opened and dued are lists of their own', async () => {
  expect(await nibo.items('/schedules/debit/opened')).toHaveLength(15)
  expect(await nibo.items('/schedules/debit/dued')).toHaveLength(3)
  expect(await nibo.items('/schedules/credit/opened')).toHaveLength(11)
  expect((await nibo.items('/schedules')).length).toBe(33)
})

test('a list shows a write only after the lag; reading by id shows it at once', async () => {
  const { body: id } = await nibo.call('POST', '/costcenters', { description: 'Obras' })
  const soon = await nibo.call('GET', '/costcenters?$orderby=costCenterId')
  expect(soon.body).toMatchObject({ count: 3 })
  expect((await nibo.call('GET', `/costcenters/${id}`)).body).toMatchObject({ description: 'Obras' })
  nibo.wait(101)
  expect((await nibo.call('GET', '/costcenters')).body).toMatchObject({ count: 4 })
})

test('routes that Nibo lacks are 404 with the status in the body', async () => {
  const id = '00000000-0000-4000-8000-000000000000'
  for (const [method, path] of [
    ['GET', `/schedules/debit/${id}`],
    ['GET', `/schedules/${id}`],
    ['GET', `/payments/${id}`],
    ['PUT', `/payments/${id}`],
    ['DELETE', `/payments/${id}`],
    ['GET', `/accounts/${id}`],
    ['DELETE', `/schedules/categories/${id}`],
    ['POST', '/costcenters/FormatType=json'],
    ['GET', '/nada'],
  ] as const) {
    expect(await nibo.call(method, path)).toMatchObject({ status: 404, body: { statusCode: 404 } })
  }
})

test('each organization sees its own data only', async () => {
  const theirs = nibo.records(BRISA, 'customers')[0]?.['id']
  expect((await nibo.call('GET', `/customers/${theirs}`)).status).toBe(404)
  expect((await nibo.call('GET', `/customers/${theirs}`, undefined, BRISA)).status).toBe(200)
  expect(nibo.records(AURORA, 'customers').map((row) => row['id'])).not.toContain(theirs)
})
