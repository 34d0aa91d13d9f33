import { inputSchemaOf } from '../../../contract/universal/input.ts'
import { recordSchema } from '../../../contract/universal/output.ts'
import { RECORDS } from '../../../contract/universal/record.ts'
import { UNIVERSAL_TOOLS } from '../../../contract/universal/tool.ts'
import { isPart, partsOf } from '../openapi/document.ts'
import type { Imported } from '../openapi/import.ts'
import type { ImportedTool } from '../openapi/tool.ts'
import type { NewErp } from '../request.ts'
import { yamlText } from '../yaml-text.ts'
import { CLEAR_FOR, ROWS } from './policy-files.ts'

/** `policies/<erp>/decisions.yaml`: an example of each tool, and what comes out for whom under the policy of a new ERP. */
export function decisionsFile({ title }: NewErp, { tools, records, paging }: Imported): string {
  const head = `# What the policy of ${title} answers, as an auditor reads it. \`examples\` holds a complete call of each tool; a row changes it
# (\`with\`) or its circumstances (\`given\`) and says what must come out. Amounts in reais. How to read it: ../README.md
`
  const reads = tools.filter(({ map }) => map.effect === 'read')
  const decisions: Row[] = [
    ...reads.map(({ name: does }) => ({ as: 'viewer', does, out: 'allow' as const })),
    ...reads.slice(0, 1).flatMap(({ name: does }) => aroundReads(does)),
    ...masked(reads, records),
    ...rows(reads, paging),
    ...tools.filter(({ map }) => map.effect !== 'read').flatMap(forbidden),
  ]
  const comments = new Map([['/decisions', 'Who reads, what stays hidden, and that nothing else is to be had yet']])
  const body = {
    examples: Object.fromEntries(tools.map((tool) => [tool.name, exampleOf(tool)])),
    decisions: decisions.map(({ out, masks, ...row }) => ({
      ...row,
      [THEN]: out,
      ...(masks === undefined ? {} : { masks }),
    })),
    indifferent: INDIFFERENT,
  }
  return head + yamlText(body, comments)
}

const INDIFFERENT = {
  '*': {
    '/history/rows_today': 'none means that nothing was read today; the server always fills it in',
    '/tool/sensitive': 'decides what is masked in the result, not whether the call is done',
  },
  'get_*': { '/caller/roles': 'without a role a caller has the default role, which reads' },
}

const THEN = 'then'

interface Row {
  name?: string
  as: string
  does: string
  given?: Record<string, unknown>
  out: 'allow' | { deny: string[] }
  masks?: string[]
}

/** Of one read: who is not let in at all. */
function aroundReads(does: string): Row[] {
  return [
    { name: 'approvers only consent', as: 'approver', does, out: { deny: ['permission_missing'] } },
    { name: 'auditors read the ledger, not the ERP', as: 'auditor', does, out: { deny: ['permission_missing'] } },
    {
      ...{ name: 'an unknown role is refused even beside a good one', as: 'viewer', does },
      ...{ given: { '/caller/roles': ['viewer', 'boss'] }, out: { deny: ['role_unknown'] } },
    },
    {
      ...{ name: 'no call without a company', as: 'viewer', does },
      ...{ given: { '/caller/company': null }, out: { deny: ['company_missing'] } },
    },
    {
      ...{ name: 'no call with a token past its rotation', as: 'viewer', does },
      ...{ given: { '/caller/token_age_s': 86_401 }, out: { deny: ['token_too_old'] } },
    },
  ]
}

function masked(reads: readonly ImportedTool[], records: Imported['records']): Row[] {
  return reads.flatMap(({ name, map }) => {
    const record = records[map.answer?.record ?? '']
    const universal = UNIVERSAL_TOOLS[name]
    if (record === undefined || universal === undefined || !name.endsWith('_list')) return []
    const prefix = universal.answer === 'one' ? '' : '/*'
    const hidden = Object.entries(record.sensitive).filter(([, kind]) => CLEAR_FOR[kind]?.includes('viewer') !== true)
    const masks = hidden.map(([pointer]) => `${prefix}${pointer}`).sort()
    if (masks.length === 0) return []
    return [{ name: `what viewers do not see of ${universal.entity}`, as: 'viewer', does: name, out: 'allow', masks }]
  })
}

function rows(reads: readonly ImportedTool[], paging: Imported['paging']): Row[] {
  const list = reads.find(
    ({ map }) => map.facts?.rows !== undefined && (paging[map.paging ?? '']?.max ?? 0) >= ROWS.call,
  )
  if (list === undefined) return []
  const most = `no more than ${ROWS.call} rows at once`
  return [
    {
      name: most,
      as: 'viewer',
      does: list.name,
      given: { '/facts/rows': ROWS.call + 1 },
      out: { deny: ['rows_above_cap'] },
    },
  ]
}

/** Nobody has it yet, whatever the role. */
function forbidden({ name: does, map }: ImportedTool): Row[] {
  const deletes = map.effect === 'delete'
  const codes = (...more: string[]): { deny: string[] } => ({
    deny: [...(deletes ? ['delete_forbidden'] : []), 'effect_forbidden', ...more],
  })
  return [
    { as: 'admin', does, out: codes() },
    { as: 'viewer', does, out: codes('permission_missing') },
  ]
}

/** A complete, valid call, with the records that are looked at first. */
function exampleOf({ name, map }: ImportedTool): { args: Record<string, unknown>; resolved?: Record<string, unknown> } {
  const tool = UNIVERSAL_TOOLS[name]
  const required = tool === undefined ? [] : partsOf(inputSchemaOf(tool, map.without)['required'])
  const args: Record<string, unknown> = map.paging === undefined ? {} : { page: 1, page_size: 50 }
  for (const each of required) if (typeof each === 'string') args[each] = ARGUMENT[each] ?? 'x1'
  // An update that changes nothing shows nothing.
  if (map.effect === 'update' && map.args.some((arg) => 'from' in arg && arg.from === '/name'))
    args['name'] = ARGUMENT['name']
  const resolved = Object.fromEntries((map.resolve ?? []).map((step) => [step.as, resolvedRecord(step.tool)]))
  return Object.keys(resolved).length === 0 ? { args } : { args, resolved }
}

const ARGUMENT: Readonly<Record<string, unknown>> = {
  ...{
    id: '1001',
    reference: 'REF-1',
    name: 'Mercado Bom Dia Ltda',
    document: '12345678000195',
    reason: 'entered by mistake',
  },
  ...{
    kind: 'expense',
    vendor_id: '2001',
    customer_id: '2001',
    payable_id: '1001',
    receivable_id: '1001',
    account_id: '3001',
  },
  ...{ category_id: '4001', amount: 900, date: '2026-11-25', due_date: '2026-11-30', payment_ids: ['5001'] },
}

const FIELD: Readonly<Record<string, unknown>> = {
  ...{ id: '1001', vendor_id: '2001', customer_id: '2001', name: 'Moinho Santa Clara Ltda', inactive: false },
  ...{ vendor_name: 'Moinho Santa Clara Ltda', customer_name: 'Mercado Bom Dia Ltda', status: 'open' },
  ...{ issue_date: '2026-11-01', due_date: '2026-11-30', accrual_date: '2026-11-01' },
  ...{ amount: 900, paid_amount: 0, open_amount: 900 },
  bank: { bank_code: '001', branch: '1234', account: '567890', pix_key: 'moinho@example.com.br' },
}

function resolvedRecord(read: string): Record<string, unknown> {
  const record = RECORDS[UNIVERSAL_TOOLS[read]?.record ?? '']
  const properties = record === undefined ? {} : recordSchema(record)['properties']
  if (!isPart(properties)) return {}
  return Object.fromEntries(
    Object.keys(properties).flatMap((key) => (FIELD[key] === undefined ? [] : [[key, FIELD[key]]])),
  )
}
