import { expect, test } from 'vitest'
import { decisionLogEvent } from '../../../engine/contract/decision-log.ts'
import type { LedgerRow, OpenedEvent } from '../../../engine/contract/ledger.ts'
import { ALLOW, paymentInput, WEDNESDAY } from '../../servers/state/fixtures.ts'

const TOKEN = `tok_document_${'0'.repeat(32)}`
const LABELS = { erp: 'omie', replica: '', version: '0.1.0' }
const RULES = { allRequests: true, sensitiveNames: false }

function row(effect: 'read' | 'settle', change: Partial<OpenedEvent> = {}): LedgerRow {
  const input = paymentInput()
  const event: OpenedEvent = {
    ...{ kind: 'opened', entry: 'omie-000000001', request: 'r1', revision: 7, bundle: 'b', purpose: 'call' },
    ...{ tool: 'create_payment', company: '12345678000195', args: null, args_digest: 'd', decision: ALLOW },
    input: { ...input, tool: { ...input.tool, effect }, args: { document: TOKEN, lines: [{ 'a/b': TOKEN }] } },
    ...change,
  }
  return { seq: 1, at_ms: WEDNESDAY, prev: '', hash: '', event }
}

test('log_all_requests: false leaves allowed reads out of the exported log, and nothing else', () => {
  const few = { ...RULES, allRequests: false }
  expect(decisionLogEvent(row('read'), LABELS, few)).toBeNull()
  expect(decisionLogEvent(row('read'), LABELS, RULES)?.decision_id).toBe('omie-000000001')
  expect(decisionLogEvent(row('settle'), LABELS, few)?.decision_id).toBe('omie-000000001')
  const { event } = row('read')
  if (event.kind !== 'opened') throw new Error('expected an opened entry')
  const denied: LedgerRow = {
    ...row('read'),
    event: {
      ...{ kind: 'recorded', entry: 'omie-000000002', request: 'r2', what: 'denied', code: 'permission_missing' },
      ...{ caller: null, tool: 'get_vendors_list', revision: 7, bundle: 'b', count: 1, source: null },
      input: event.input,
      decision: { ...ALLOW, effect: 'deny', granted: false },
    },
  }
  expect(decisionLogEvent(denied, LABELS, few)?.result.effect).toBe('deny')
})

test('log_sensitive_data: true says by name where sensitive values stand, false does not; the values never leave', () => {
  expect(decisionLogEvent(row('settle'), LABELS, { ...RULES, sensitiveNames: true })?.masked).toEqual([
    '/input/args/document',
    '/input/args/lines/0/a~1b',
  ])
  expect(decisionLogEvent(row('settle'), LABELS, RULES)).not.toHaveProperty('masked')
})

test('a person whom a token names by a CPF is no CPF outside, and every other name stays', () => {
  const base = row('settle')
  if (base.event.kind !== 'opened' || base.event.input === null) throw new Error('expected an input')
  const input = {
    ...base.event.input,
    caller: { ...base.event.input.caller, person: '52998224725' },
    approvals: [{ by: '11144477735', person: '11144477735', roles: ['approver'], at_ms: 0 }],
  }
  const told = decisionLogEvent(row('settle', { input }), LABELS, RULES)
  expect(told?.input.caller).toMatchObject({ id: 'agent-1', person: '***.982.247-**' })
  expect(told?.input.approvals).toMatchObject([{ by: '***.444.777-**', person: '***.444.777-**' }])
  expect(JSON.stringify(told)).not.toMatch(/52998224725|11144477735/)
})

test("the server's own reads hold no decision and are none of the log", () => {
  expect(decisionLogEvent(row('read', { input: null, decision: null, purpose: 'resolve' }), LABELS, RULES)).toBeNull()
})
