import { expect, test } from 'vitest'
import { BUNDLE_FORMAT } from '../../engine/contract/bundle-format.ts'
import { canonicalText, sha256 } from '../../engine/contract/canonical.ts'
import { isConfig } from '../../engine/contract/config-guard.ts'
import { ERP_SCHEMA } from '../../engine/validate/schemas/erp.ts'
import { TOOLS_SCHEMA } from '../../engine/validate/schemas/tools.ts'
import { POSTGRES_SCHEMA, SQLITE_SCHEMA } from '../../servers/state/schema.ts'
import { STATE_FORMAT } from '../../servers/state/state-format.ts'

// That nobody changes what a server of before would have to understand without a thought for it: what a bundle may say and
// what stands in a state are held to their formats' numbers. Where one of these fails, because something was added:
// - BUNDLE_FORMAT (engine/contract/bundle-format.ts): raise it by one, unless a server that does not know what was added
//   refuses the bundle anyway, or does right without it, or no image was published in between;
// - STATE_FORMAT (servers/state/state-format.ts): raise it by one, and STATE_NEEDS too where a server of before would lose or
//   misread something (and not where no image was published in between);
// then put the new digest here, in a line of its own where the number was raised.

const BUNDLES: Readonly<Record<number, string>> = {
  1: 'cd1981a5ed99f92f',
}
const STATES: Readonly<Record<number, string>> = {
  1: '8c5ccbbd303937fc',
}

/** Words for people make no other format. */
function withoutWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutWords)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key, inner]) => key !== 'description' || typeof inner !== 'string')
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutWords(inner)]))
}

test('what a bundle may say is what its format has', () => {
  const says = sha256(canonicalText(withoutWords([isConfig.schema, ERP_SCHEMA, TOOLS_SCHEMA]))).slice(0, 16)
  expect(says, `the head of this file says what to do; the line is then \`1: '${says}'\``).toBe(BUNDLES[BUNDLE_FORMAT])
})

test('what stands in a state is what its format has', () => {
  const tables = sha256(`${SQLITE_SCHEMA}${POSTGRES_SCHEMA}`).slice(0, 16)
  expect(tables, `the head of this file says what to do; the line is then \`1: '${tables}'\``).toBe(
    STATES[STATE_FORMAT],
  )
})
