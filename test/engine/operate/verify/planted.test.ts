// Each suite of verify-erp finds the fault that is planted for it, and nothing else; and without one, none.
import { expect, test } from 'vitest'
import type { Came } from '../../../../engine/operate/verify/calls.ts'
import { failures, type Planted } from './market.ts'

const done = (data: unknown): Came => ({ kind: 'done', data })
const refused = (code: string): Came => ({ kind: 'refused', code, message: '', retryAfterS: null })

test('a server and an ERP without a fault pass', async () => {
  expect(await failures()).toEqual([])
})

test.each<[string, Planted['call'], RegExp[]]>([
  [
    'a server that lets anybody in',
    (_, __, as) => (as === 'stranger' ? done([]) : undefined),
    [/refuses a call without a token: it was let in/],
  ],
  [
    'a server that asks the ERP for whom it has no credential',
    (_, __, as) => (as === 'without' ? done([]) : undefined),
    [/a company without a credential/],
  ],
  [
    'an ERP that takes a wrong credential',
    (_, __, as) => (as === 'spoilt' ? done([]) : undefined),
    [/a wrong credential was taken/],
  ],
  [
    'a wrong credential that is told as something else',
    (_, __, as) => (as === 'spoilt' ? refused('erp_server') : undefined),
    [/it was told as `erp_server`/],
  ],
  [
    'an ERP that loses an update',
    (tool, args) =>
      tool === 'update_customer' &&
      args['id'] !== undefined &&
      !/none/.test(String(args['id'])) &&
      Object.keys(args).length === 2
        ? done({ id: args['id'] })
        : undefined,
    [/a customer that was changed.*`name` is not what was written/],
  ],
  [
    'an ERP that deletes nothing',
    (tool, args) =>
      tool === 'delete_customer' &&
      /^n/.test(String(args['id'])) &&
      args['reason'] !== undefined &&
      Object.keys(args).length === 2
        ? done({ id: args['id'] })
        : undefined,
    [/a customer that was deleted is there no more: it is still there/],
  ],
  [
    'an ERP whose pages are all the first',
    (tool, args) => (tool === 'get_customers_list' && args['page'] === 2 ? done([{ id: 'c1' }]) : undefined),
    [/customers come page by page: the second page is the first one again/],
  ],
  [
    'an ERP that ignores a filter',
    (tool, args) =>
      tool === 'get_customers_list' && args['name_contains'] === 'Name 1'
        ? done([{ name: 'Name 1' }, { name: 'Other' }])
        : undefined,
    [/customers are narrowed by name: records without it came/],
  ],
  [
    'an ERP that answers 200 for what is not there',
    (tool, args) => (tool === 'get_customer_by_id' && /none/.test(String(args['id'])) ? done({}) : undefined),
    [/`get_customer_by_id` of nothing.*as if it were there/],
  ],
  [
    'an ERP that confirms a write to nothing',
    (tool, args) =>
      tool === 'update_customer_inactive' && /none/.test(String(args['id'])) && Object.keys(args).length === 2
        ? done({ id: 'x' })
        : undefined,
    [/`update_customer_inactive` of nothing.*as if it were done/],
  ],
  [
    'a server that lets a bad argument through',
    (tool, args) => (tool === 'create_category' && args['kind'] === 'alcada-none' ? done({ id: 'k9' }) : undefined),
    [/`create_category` takes no wrong arguments.*`kind` that is none of the choices was taken/],
  ],
  [
    'a server that asks the ERP before it looks at arguments',
    (tool, args) => (tool === 'get_category_by_id' && 'alcada_unknown' in args ? refused('erp_validation') : undefined),
    [/`get_category_by_id` takes no wrong arguments.*an unknown argument was told as `erp_validation`/],
  ],
])('%s', async (_, call, expected) => {
  const found = await failures({ ...(call && { call }) })
  expect(found.length, found.join('\n')).toBe(expected.length)
  for (const [index, pattern] of expected.entries()) expect(found[index]).toMatch(pattern)
})

test('an ERP without its rate', async () => {
  expect(await failures({ rate: false })).toEqual([
    'the ERP refuses calls above its rate, and that is told as such: 100 calls were all answered, and erp.yaml allows 20',
  ])
})

test('a server that does not keep to the rate', async () => {
  expect(await failures({ limits: false })).toEqual([
    'the server sends no more calls than erp.yaml allows, and all of them are answered: more than 20 calls in 80 ms were sent',
  ])
})

test('a server that does not wait', async () => {
  expect(await failures({ heeds: false })).toEqual([
    'an answer that asks to wait is told with the time, and heeded: the same call was sent again at once',
  ])
})

test('where nothing is written, no tool that writes is called', async () => {
  const written: string[] = []
  const call: Planted['call'] = (tool, args) => {
    const good = /^(create|update|delete)_/.test(tool) && args['reference'] !== undefined && args['name'] !== undefined
    if (good && !('alcada_unknown' in args)) written.push(tool)
    return undefined
  }
  expect(await failures({ call }, false, false)).toEqual([])
  expect(written.filter((tool) => tool === 'update_customer')).toEqual([])
})
