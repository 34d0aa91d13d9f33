import { maskData } from '../../engine/contract/mask.ts'
import { type ShowRules, show } from '../../engine/contract/personal/show.ts'
import { SENSITIVE_KINDS } from '../../engine/contract/vocabulary.ts'
import { type Figure, median, times } from './figures.ts'

const ROUNDS = 200
const ROWS = 50

const VENDOR = {
  ...{
    id: '2485001',
    reference: 'V-1',
    name: 'Laticínios Serra Ltda',
    trade_name: 'Serra',
    document: '11222333000181',
  },
  ...{ email: 'contato@serra.example', phone: '1133334444', city: 'São Paulo', state: 'SP', inactive: false },
  bank: {
    bank_code: '341',
    branch: '4321',
    account: '98765-4',
    holder_name: 'Serra',
    pix_key: 'contato@serra.example',
  },
}
const PAYABLE = {
  ...{ id: '2701003', reference: 'AP-1', vendor_id: '2485001', vendor_name: 'Laticínios Serra Ltda' },
  ...{ document_number: 'NF 4512', category_id: '2.04.01', issue_date: '2026-11-25', due_date: '2026-12-31' },
  ...{ amount: 1500.07, paid_amount: 0, open_amount: 1500.07, status: 'open' },
  description: 'Leite integral, nota 4512 de 25/11/2026, pagar por pix a contato@serra.example até 31/12/2026',
}
const FIELDS: ShowRules['sensitive'] = [
  { pointer: '/*/name', kind: 'name' },
  { pointer: '/*/trade_name', kind: 'name' },
  { pointer: '/*/vendor_name', kind: 'name' },
  { pointer: '/*/document', kind: 'document' },
  { pointer: '/*/email', kind: 'email' },
  { pointer: '/*/phone', kind: 'phone' },
  { pointer: '/*/bank', kind: 'bank' },
]

/** What masking adds to a page of a list: beside writing that page as JSON without it, and beside fields alone. */
export async function masking(): Promise<Figure[]> {
  return [measure('vendors', VENDOR), measure('payables with a text each', PAYABLE)]
}

function measure(what: string, record: object): Figure {
  const data = Array.from({ length: ROWS }, (_, index) => ({ ...record, id: String(index) }))
  const rules: ShowRules = { sensitive: FIELDS, mask: FIELDS, hidden: new Set(SENSITIVE_KINDS) }
  const [without, fields, all]: number[][] = [[], [], []]
  // In turn, so that whatever else the machine does weighs on each.
  for (let round = 0; round < ROUNDS; round += 1) {
    without?.push(timeOf(() => JSON.stringify(data)))
    fields?.push(timeOf(() => JSON.stringify(maskData(data, FIELDS).data)))
    all?.push(timeOf(() => JSON.stringify(show(data, rules).data)))
  }
  const [plain, some, ours] = [median(without ?? []), median(fields ?? []), median(all ?? [])]
  return {
    what: `a reply of ${ROWS} ${what}, masked and written: median of ${ROUNDS} rounds`,
    ours: `${ours.toFixed(0)} us`,
    peer: `not masked ${plain.toFixed(0)} us, fields alone ${some.toFixed(0)} us`,
    ratio: `${times(ours, plain)}, ${times(ours, some)} the time`,
  }
}

/** Microseconds. */
function timeOf(run: () => unknown): number {
  const began = performance.now()
  run()
  return (performance.now() - began) * 1_000
}
