import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FIRST_PREV, type LedgerRow, rowHash, verifyChain } from '../../../engine/contract/ledger.ts'

function chain(length: number): LedgerRow[] {
  const rows: LedgerRow[] = []
  for (let seq = 1; seq <= length; seq += 1) {
    const row = {
      seq,
      at_ms: 1_000 + seq,
      prev: rows.at(-1)?.hash ?? FIRST_PREV,
      event: {
        kind: 'closed' as const,
        entry: `omie-${seq}`,
        outcome: { kind: 'failed' as const, code: 'server' },
        took_ms: 1,
        rows: 0,
        age_s: 0,
      },
    }
    rows.push({ ...row, hash: rowHash(row) })
  }
  return rows
}

test('a chain as it was written holds', () => {
  const rows = chain(5)
  expect(verifyChain(rows)).toEqual({ ok: true, rows: 5, head: rows[4]?.hash })
  expect(verifyChain([])).toEqual({ ok: true, rows: 0, head: FIRST_PREV })
})

test('a part of a chain holds after the row before it', () => {
  const rows = chain(5)
  expect(verifyChain(rows.slice(2), { seq: 2, hash: rows[1]!.hash })).toMatchObject({ ok: true, rows: 3 })
  expect(verifyChain(rows.slice(2), { seq: 2, hash: FIRST_PREV })).toMatchObject({ ok: false })
})

test('the hash is the one of RFC 8785 text, whatever the order of the keys', () => {
  const [row] = chain(1)
  const { hash, event, prev, at_ms, seq } = row!
  const { age_s, ...rest } = event.kind === 'closed' ? event : Object.create(null)
  expect(rowHash({ event: { age_s, ...rest }, prev, at_ms, seq })).toBe(hash)
})

const changes: Record<string, (rows: LedgerRow[], at: number) => LedgerRow[]> = {
  removed: (rows, at) => rows.toSpliced(at, 1),
  repeated: (rows, at) => rows.toSpliced(at, 0, rows[at]!),
  'moved one place': (rows, at) => rows.with(at, rows[at + 1]!).with(at + 1, rows[at]!),
  'given another time': (rows, at) => rows.with(at, { ...rows[at]!, at_ms: 0 }),
  'given another outcome': (rows, at) =>
    rows.with(at, { ...rows[at]!, event: { ...rows[at]!.event, entry: 'omie-0' } }),
  'changed and hashed anew': (rows, at) => {
    const changed = { ...rows[at]!, at_ms: 0 }
    return rows.with(at, { ...changed, hash: rowHash(changed) })
  },
}

test.each(Object.entries(changes))('a row %s is found where it stands', (_name, change) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 7 }), (at) => {
      const check = verifyChain(change(chain(9), at))
      expect(check.ok).toBe(false)
      // The first row that cannot follow: the changed one, or the one after it.
      if (!check.ok) expect([at, at + 1]).toContain(check.rows)
    }),
  )
})
