import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const servers = join(import.meta.dirname, '..', '..', 'servers')
const NAME = /\b(ALCADA_[A-Z_]*[A-Z]|LOG_LEVEL|MAX_CONNECTIONS)\b/g

test('every setting that a server reads stands in servers/README.md, and no other', () => {
  const files = ['config.ts', ...readdirSync(join(servers, 'wiring')).map((name) => join('wiring', name))]
  const code = files.map((file) => readFileSync(join(servers, file), 'utf8')).join('\n')
  const names = (text: string): string[] => [...new Set(text.match(NAME))].sort()
  expect(names(readFileSync(join(servers, 'README.md'), 'utf8'))).toEqual(names(code))
})
