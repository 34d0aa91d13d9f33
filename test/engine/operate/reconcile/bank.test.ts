// Changes of bank data: those that a call of the ledger explains, field by field, and those that none does.
import { describe, expect, test } from 'vitest'
import { compareBank } from '../../../../engine/operate/reconcile/bank.ts'
import type { BankSighting, LedgerCall } from '../../../../engine/operate/reconcile/ledger-calls.ts'
import { AT, COMPANY, call } from './side.ts'

const set = (bank: Record<string, string>, minute: number, more: Partial<LedgerCall> = {}): LedgerCall =>
  call('update_vendor', { id: 'V', bank }, { at_ms: at(minute), counterparty: 'V', ...more })
const seen = (data: Record<string, string | null>, minute: number): BankSighting => {
  return { entry: `seen-${minute}`, at_ms: at(minute), company: COMPANY, counterparty: 'V', data }
}
const at = (minute: number): number => AT + minute * 60_000

function told(calls: readonly LedgerCall[], banks: readonly BankSighting[], read: readonly string[] = ['V']): string[] {
  const window = { from: '2026-11-25', to: null }
  const dayOf = (at_ms: number): string => new Date(at_ms).toISOString().slice(0, 10)
  const differences = compareBank(calls, banks, new Set(read), { company: COMPANY, window, dayOf })
  return differences.map(({ kind, evidence, next }) => {
    const flag = kind === 'unknown_outcome' ? ` → ${/--\S+/.exec(next)?.[0]}` : ''
    return `${kind}: ${evidence.replace(/ saw it on [^:]+:[^ ]+/, '')}${flag}`
  })
}

describe('bank data', () => {
  test('that a call set is explained, whatever else stands beside it', () => {
    expect(told([set({ pix_key: 'a' }, 1)], [seen({ pix_key: 'a', account: '1' }, 2)])).toEqual([])
    expect(
      told(
        [set({ pix_key: 'b' }, 3)],
        [seen({ pix_key: 'a', account: '1' }, 0), seen({ pix_key: 'b', account: '1' }, 4)],
      ),
    ).toEqual(['bank_changed: entry seen-0 bank data changed, and no call since the last look did it'])
  })

  test('of which more changed than the call set, or something else, is told by the names of the fields', () => {
    const first = [set({ account: '1', pix_key: 'a' }, 0), set({ pix_key: 'b' }, 2)]
    const seenFirst = seen({ pix_key: 'a', account: '1' }, 1)
    expect(told(first, [seenFirst, seen({ pix_key: 'b', account: '1' }, 3)])).toEqual([])
    expect(told(first, [seenFirst, seen({ pix_key: 'b', account: '2' }, 3)])).toEqual([
      'bank_changed: entry seen-3 account is not what the call set',
    ])
    expect(told(first, [seenFirst, seen({ pix_key: 'x', account: '1' }, 3)])).toEqual([
      'bank_changed: entry seen-3 pix_key is not what the call set',
    ])
  })

  test('that changed without a call since the last look is told, a call before that look does not explain it', () => {
    const sightings = [seen({ pix_key: 'a' }, 1), seen({ pix_key: 'b' }, 2)]
    expect(told([set({ pix_key: 'a' }, 0)], sightings)).toEqual([
      'bank_changed: entry seen-2 pix_key changed, and no call since the last look did it',
    ])
  })

  test('of a call that was refused explains nothing, one whose end is unknown may', () => {
    const sighting = seen({ pix_key: 'a' }, 1)
    expect(told([set({ pix_key: 'a' }, 0, { end: 'not_done' })], [sighting])).toHaveLength(1)
    expect(told([set({ pix_key: 'a' }, 0, { end: 'unknown' })], [sighting])).toEqual([
      'unknown_outcome: entry seen-1 saw what it sets → --done',
    ])
  })

  test('that a call set and nobody saw change is told, where it was looked at', () => {
    const calls = [set({ pix_key: 'a' }, 0)]
    expect(told(calls, [])).toEqual(['ledger_only: the ERP shows what it showed before this call'])
    expect(told(calls, [], [])).toEqual([])
    expect(told([set({ pix_key: 'a' }, 0, { end: 'unknown' })], [])).toEqual([
      'unknown_outcome: the ERP shows what it showed before this call → --not-done',
    ])
    // The same once more changes nothing.
    expect(told([set({ pix_key: 'a' }, 0), set({ pix_key: 'a' }, 2)], [seen({ pix_key: 'a' }, 1)])).toEqual([])
  })

  test('of a counterparty that was created with it is known from then on', () => {
    const created = call('create_vendor', { bank: { pix_key: 'a' } }, { at_ms: at(0), result: { id: 'V' } })
    expect(told([created], [])).toEqual([])
    expect(told([created], [seen({ pix_key: 'b' }, 1)])).toEqual([
      'bank_changed: entry seen-1 pix_key is not what the call set',
    ])
  })
})
