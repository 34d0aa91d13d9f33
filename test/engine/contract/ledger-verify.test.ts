import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  type CheckpointKey,
  readCheckpoint,
  type SignedCheckpoint,
  signedBytes,
} from '../../../engine/contract/checkpoint.ts'
import { FIRST_PREV, type LedgerRow, rowHash } from '../../../engine/contract/ledger.ts'
import { type LedgerCheck, type LedgerEvidence, ledgerVerifier } from '../../../engine/contract/ledger-verify.ts'

const pair = generateKeyPairSync('ed25519')
const { x = '' } = pair.publicKey.export({ format: 'jwk' })
const KEY: CheckpointKey = { id: 'k1', jwk: { kty: 'OKP', crv: 'Ed25519', x } }

function chain(codes: readonly string[]): LedgerRow[] {
  const rows: LedgerRow[] = []
  for (const [index, code] of codes.entries()) {
    const outcome = { kind: 'failed' as const, code }
    const row = {
      seq: index + 1,
      at_ms: 1_000 + index,
      prev: rows.at(-1)?.hash ?? FIRST_PREV,
      event: { kind: 'closed' as const, entry: `omie-${index + 1}`, outcome, took_ms: 1, rows: 0, age_s: 0 },
    }
    rows.push({ ...row, hash: rowHash(row) })
  }
  return rows
}

function signed(
  rows: readonly LedgerRow[],
  seqs: readonly number[],
  key: KeyObject = pair.privateKey,
): SignedCheckpoint[] {
  return seqs.map((seq, index) => {
    const hash = rows[seq - 1]?.hash ?? ''
    const checkpoint = { erp: 'omie', replica: '', number: index + 1, seq, hash, at_ms: 5_000 }
    return { checkpoint, key: 'k1', signature: sign(null, signedBytes(checkpoint), key).toString('base64url') }
  })
}

function verify(rows: readonly LedgerRow[], evidence: Partial<LedgerEvidence> = {}): LedgerCheck {
  const verifier = ledgerVerifier({
    erp: 'omie',
    replica: '',
    keys: [KEY],
    checkpoints: [],
    anchored: null,
    ...evidence,
  })
  verifier.take(rows)
  return verifier.end()
}

const ROWS = chain(['a', 'b', 'c', 'd', 'e', 'f'])
const ANCHORED = signed(ROWS, [2, 5])

test('with an anchor the end is proved up to its last checkpoint', () => {
  expect(verify(ROWS, { checkpoints: ANCHORED, anchored: ANCHORED })).toEqual({
    ok: true,
    from: 1,
    rows: 6,
    head: ROWS[5]?.hash,
    end: { kind: 'proved', seq: 5, after: 1 },
  })
})

test('without an anchor, or with an empty one, it says that the end is not provable', () => {
  const end = { kind: 'not_provable', message: 'end not provable' }
  expect(verify(ROWS, { checkpoints: ANCHORED })).toMatchObject({ ok: true, end })
  expect(verify(ROWS, { anchored: [] })).toMatchObject({ ok: true, end })
})

test('a truncated end is found by the anchor, also when the server forgot its own checkpoint', () => {
  expect(verify(ROWS.slice(0, 4), { checkpoints: ANCHORED.slice(0, 1), anchored: ANCHORED })).toEqual({
    ok: false,
    rows: 4,
    broken: {
      seq: 5,
      entry: null,
      reason: 'the end was cut off: checkpoint 2 of the anchor knows row 5, the last one here is 4',
    },
  })
  expect(verify(ROWS.slice(0, 4), { checkpoints: ANCHORED.slice(0, 1) })).toMatchObject({ ok: true })
})

test("a chain written anew and signed again with the server's own key is found by the anchor alone", () => {
  const forged = chain(['a', 'b', 'c', 'X', 'e', 'f'])
  const checkpoints = signed(forged, [2, 5])
  expect(verify(forged, { checkpoints })).toMatchObject({ ok: true })
  expect(verify(forged, { checkpoints, anchored: ANCHORED })).toEqual({
    ok: false,
    rows: 5,
    broken: {
      seq: 5,
      entry: 'omie-5',
      reason: 'not the row of checkpoint 2 of the anchor: the chain was written anew, somewhere from row 3 to here',
    },
  })
})

test("a chain written anew without signing again is found by the server's own checkpoints", () => {
  const forged = chain(['X', 'b', 'c', 'd', 'e', 'f'])
  expect(verify(forged, { checkpoints: ANCHORED })).toMatchObject({ ok: false, broken: { seq: 2, entry: 'omie-2' } })
})

test('a changed, removed, put in or swapped row is named where it stands', () => {
  const [first, second, third] = [ROWS[0]!, ROWS[1]!, ROWS[2]!]
  const changed = ROWS.with(2, { ...third, at_ms: 0 })
  expect(verify(changed)).toMatchObject({ ok: false, broken: { seq: 3, entry: 'omie-3' } })
  expect(verify(ROWS.toSpliced(2, 1))).toMatchObject({
    ok: false,
    broken: { seq: 4, reason: 'expected row 3, got 4' },
  })
  expect(verify(ROWS.toSpliced(2, 0, second))).toMatchObject({ ok: false, broken: { seq: 2 } })
  expect(verify(ROWS.with(0, second).with(1, first))).toMatchObject({ ok: false, broken: { seq: 2 } })
})

test('a checkpoint by another key, of another chain, out of order or missing is no evidence', () => {
  const strange = signed(ROWS, [2], generateKeyPairSync('ed25519').privateKey)
  const reason = (check: LedgerCheck): string => (check.ok ? '' : check.broken.reason)
  expect(reason(verify(ROWS, { anchored: strange }))).toBe(
    'checkpoint 1 of the anchor is not signed by a key that is trusted (it names `k1`)',
  )
  expect(reason(verify(ROWS, { anchored: ANCHORED, keys: [] }))).toContain('not signed by a key that is trusted')
  expect(reason(verify(ROWS, { anchored: ANCHORED, replica: 'b' }))).toContain('speaks of another chain')
  expect(reason(verify(ROWS, { anchored: ANCHORED.slice(1) }))).toBe(
    'checkpoint 2 of the anchor stands where 1 is expected',
  )
  expect(reason(verify(ROWS, { anchored: signed(ROWS, [5, 2]) }))).toContain('does not lie beyond the one before it')
})

test('a signature covers every field', () => {
  const [one] = ANCHORED
  if (one === undefined) throw new Error('expected a checkpoint')
  for (const change of [{ seq: 3 }, { hash: 'a'.repeat(64) }, { at_ms: 1 }]) {
    const anchored = [{ ...one, checkpoint: { ...one.checkpoint, ...change } }]
    expect(verify(ROWS, { anchored })).toMatchObject({ ok: false })
  }
})

test('what is no checkpoint is not read as one', () => {
  expect(readCheckpoint(JSON.stringify(ANCHORED[0]))).toEqual(ANCHORED[0])
  for (const text of ['', '{}', '[]', JSON.stringify({ ...ANCHORED[0], more: 1 })])
    expect(readCheckpoint(text)).toBeNull()
})
