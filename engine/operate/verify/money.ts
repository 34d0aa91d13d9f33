import type { CatalogueTool } from '../../contract/catalogue.ts'
import { type Known, type OperationsPlace, readBack, removed } from './operations.ts'
import { refused, refusedWrite, writtenId } from './records.ts'
import { argsFor, DAY } from './values.ts'
import { expect, NotTried, Wrong } from './verdict.ts'

const WHOLE = 12.34
const PART = 2.3
const REST = 10.04
const REASON = 'a record made by verify-erp'

/** The two sides of the books. */
const SIDES = [
  { account: 'account_payable', of: 'payable', settlement: 'payment', kind: 'expense' },
  { account: 'account_receivable', of: 'receivable', settlement: 'receipt', kind: 'income' },
] as const

/** Bills, what settles them, and drafts of payments. On a real system none of it is tried. */
export async function testMoney(place: OperationsPlace, known: Known): Promise<void> {
  for (const side of SIDES) await testSide(place, known, side)
  await testDrafts(place, known)
}

function whyNot({ writes }: OperationsPlace): string {
  return writes ? 'what stands for money is tried before a stand-in alone' : 'nothing is written here'
}

async function testSide(place: OperationsPlace, known: Known, side: (typeof SIDES)[number]): Promise<void> {
  const { bench, calls, catalogue, records, marks, money } = place
  const { account, of, settlement } = side
  const tools = catalogue.tools
  const words = account.replace('_', ' ')
  const reader = records.readers(account)[0] ?? ''
  const each = async (
    tool: CatalogueTool | undefined,
    name: string,
    needs: boolean,
    run: (one: CatalogueTool) => Promise<void>,
  ): Promise<boolean> => {
    if (tool === undefined) return false
    const used = [tool.name, ...records.readers(account)]
    if (money && needs) return bench.test('operations', name, used, () => run(tool))
    bench.skip('operations', name, [tool.name], money ? 'no record of this run is there' : whyNot(place))
    return false
  }
  const becomes = async (id: string, amount: number): Promise<void> => {
    const row = await records.settled(account, id, (found) => found?.['open_amount'] === amount)
    if (row !== null && row['open_amount'] === null) throw new NotTried('the ERP does not show what is open')
    expect(row?.['open_amount'] === amount, `${amount} should be open, not ${String(row?.['open_amount'])}`)
  }
  /** Another one for each test: no test finds what another left. */
  const entered = async (): Promise<{ id: string; args: Record<string, unknown> }> => {
    const create = tools[`create_${account}`]
    if (create === undefined) throw new NotTried(`an ${words} cannot be entered`)
    const ids = await idsOf(place, known, side.kind)
    const args = argsFor(create, { ...known, ...ids, amount: WHOLE, reference: marks.reference() })
    return { id: writtenId(create.name, await calls.call(create.name, args)), args }
  }

  await each(
    tools[`create_${account}`],
    `an ${words} that was entered is read back as it was written`,
    true,
    async () => {
      const { id, args } = await entered()
      await readBack(place, account, id, args, reader)
    },
  )
  await each(
    tools[`update_${account}`],
    `an ${words} that was changed has the change and keeps the rest`,
    true,
    async (update) => {
      const { id, args } = await entered()
      const change = { id, reference: marks.reference(), amount: REST + PART + 1, description: 'changed' }
      const came = await calls.call(update.name, argsFor(update, change))
      if (came.kind === 'refused') throw refusedWrite(update.name, came)
      const { amount, due_date } = { ...args, ...change, due_date: DAY }
      await readBack(place, account, id, { amount, due_date }, reader)
    },
  )
  let settled = { id: '', of: '' }
  const paid = await each(
    tools[`create_${settlement}`],
    `a ${settlement} in part leaves the rest open`,
    true,
    async (create) => {
      const { id } = await entered()
      const given = {
        [`${of}_id`]: id,
        account_id: await accountOf(place, known),
        amount: PART,
        reference: marks.reference(),
      }
      settled = {
        id: writtenId(create.name, await calls.call(create.name, argsFor(create, { ...known, ...given }))),
        of: id,
      }
      await becomes(id, REST)
    },
  )
  await each(
    tools[`delete_${settlement}`],
    `a ${settlement} that was undone leaves everything open again`,
    paid,
    async (remove) => {
      const came = await calls.call(remove.name, { id: settled.id, [`${of}_id`]: settled.of, reason: REASON })
      if (came.kind === 'refused') throw refusedWrite(remove.name, came)
      await becomes(settled.of, WHOLE)
    },
  )
  await each(tools[`delete_${account}`], `an ${words} that was deleted is there no more`, true, async () =>
    removed(place, account, (await entered()).id),
  )
}

async function testDrafts(place: OperationsPlace, known: Known): Promise<void> {
  const { bench, calls, catalogue, records, marks, money } = place
  const [create, update] = [catalogue.tools['create_payment_draft'], catalogue.tools['update_payment_draft']]
  const [approve, remove] = [catalogue.tools['update_payment_approved'], catalogue.tools['delete_payment_draft']]
  const draft = async (): Promise<string> => {
    if (create === undefined) throw new NotTried('a draft cannot be made')
    const args = { ...known, account_id: await accountOf(place, known), amount: WHOLE, reference: marks.reference() }
    const { payable_id: _, ...alone } = argsFor(create, args)
    return writtenId(create.name, await calls.call(create.name, alone))
  }
  const reads = records.readers('payment')
  const each = async (
    tool: CatalogueTool | undefined,
    name: string,
    run: (one: CatalogueTool) => Promise<void>,
  ): Promise<void> => {
    if (tool === undefined) return
    if (!money) bench.skip('operations', name, [tool.name], whyNot(place))
    else await bench.test('operations', name, [tool.name, ...reads], () => run(tool))
  }
  const shows = async (id: string, field: string, value: unknown): Promise<void> => {
    const row = await records.settled('payment', id, (found) => found?.[field] === value)
    expect(row?.[field] === value, `\`${field}\` is not what it should be`)
  }
  await each(create, 'a draft of a payment is read back as it was written', async () =>
    shows(await draft(), 'amount', WHOLE),
  )
  await each(update, 'a draft of a payment that was changed has the change', async (tool) => {
    const id = await draft()
    const came = await calls.call(tool.name, { id, amount: PART, reference: marks.reference() })
    if (came.kind === 'refused') throw refused(tool.name, came)
    await shows(id, 'amount', PART)
  })
  await each(approve, 'a draft of a payment that was approved is approved', async (tool) => {
    const id = await draft()
    const came = await calls.call(tool.name, { payment_ids: [id], reference: marks.reference() })
    if (came.kind === 'refused') throw refused(tool.name, came)
    const row = await records.settled('payment', id, (found) => found?.['status'] !== 'draft')
    expect(['approved', 'processing', 'done'].includes(String(row?.['status'])), `it is \`${String(row?.['status'])}\``)
  })
  await each(remove, 'a draft of a payment that was deleted is there no more', async (tool) => {
    const id = await draft()
    const came = await calls.call(tool.name, { id, reason: REASON })
    if (came.kind === 'refused') throw refused(tool.name, came)
    expect((await records.settled('payment', id, (row) => row === null)) === null, 'it is still there')
  })
}

/** The first category of a kind, or, where kinds are not shown, the first; and a bank account. */
async function idsOf({ catalogue, records }: OperationsPlace, known: Known, kind: string): Promise<Known> {
  const rows = catalogue.tools['get_categories_list'] === undefined ? [] : await records.list('category')
  const fitting = rows.find((row) => row['kind'] === kind) ?? rows[0]
  const account = known['bank_account_id']
  return {
    ...(typeof fitting?.['id'] === 'string' ? { category_id: fitting['id'] } : {}),
    ...(account === undefined ? {} : { account_id: account }),
  }
}

async function accountOf({ catalogue }: OperationsPlace, known: Known): Promise<string> {
  const id = known['bank_account_id']
  if (id !== undefined) return id
  const listed = catalogue.tools['get_bank_accounts_list'] !== undefined
  throw listed ? new Wrong('no bank account is listed') : new NotTried('no bank account is known')
}
