import { expect, test } from 'vitest'
import { targetRefusal } from '../../../../engine/operate/load-test/target.ts'

test.each(['http://127.0.0.1:4100/mcp', 'http://localhost/mcp', 'http://[::1]:4100/mcp', 'https://127.0.0.9/mcp'])(
  '%s is this machine',
  (target) => expect(targetRefusal(target, [])).toBeNull(),
)

test.each([
  'https://erp.example/mcp',
  'https://127.0.0.1.erp.example/mcp',
  'https://10.0.0.1/mcp',
  'https://0.0.0.0/mcp',
])('%s is not, and refused', (target) =>
  expect(targetRefusal(target, ['other.example'])).toContain('is not this machine'),
)

test('a host that was named may be put under load, and only over https', () => {
  expect(targetRefusal('https://erp.example/mcp', ['erp.example'])).toBeNull()
  expect(targetRefusal('http://erp.example/mcp', ['erp.example'])).toContain('expected https for `erp.example`')
})

test.each(['127.0.0.1:4100', 'file:///mcp', ''])('`%s` is no address of a server', (target) =>
  expect(targetRefusal(target, [])).toContain("expected the address of a server's MCP endpoint"),
)
