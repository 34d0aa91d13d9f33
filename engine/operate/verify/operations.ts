import type { Catalogue, CatalogueTool } from '../../contract/catalogue.ts'
import { ENTITIES } from '../../contract/vocabulary.ts'
import type { Bench } from './bench.ts'
import type { Calls } from './calls.ts'
import { differing, type Records, type Row, refused, rowsOf, writtenId } from './records.ts'
import { argsFor, type Marks, propertiesOf } from './values.ts'
import { expect, NotTried } from './verdict.ts'

export interface OperationsPlace {
  bench: Bench
  calls: Calls
  catalogue: Catalogue
  records: Records
  marks: Marks
  /** Whether records may be made, changed and removed. */
  writes: boolean
  /** Whether entries that stand for money may be made: before a stand-in alone. */
  money: boolean
}

/** Identifiers that later tests need, by name of argument: `vendor_id`. */
export type Known = Record<string, string>

const PARTIES = ['customer', 'vendor'] as const

/** Lists, records by identifier and by document. @returns identifiers that were seen */
export async function testReads({ bench, calls, catalogue, records }: OperationsPlace): Promise<Known> {
  const known: Known = {}
  for (const [entity, plural] of Object.entries(ENTITIES)) {
    const list = catalogue.tools[`get_${plural}_list`]
    let rows: Row[] = []
    if (list !== undefined) {
      await bench.test(
        'operations',
        `${plural} are listed, each with an identifier of its own`,
        [list.name],
        async () => {
          rows = await records.list(entity)
          const ids = rows.map((row) => row['id'])
          expect(
            ids.every((id) => typeof id === 'string' && id !== ''),
            'a record has no identifier',
          )
          expect(new Set(ids).size === ids.length, 'two records have one identifier')
        },
      )
      if (propertiesOf(list).includes('page_size')) {
        await bench.test('operations', `${plural} come page by page`, [list.name], () =>
          paged(list, calls, rows.length),
        )
      }
      if (propertiesOf(list).includes('name_contains')) {
        await bench.test('operations', `${plural} are narrowed by name`, [list.name], () =>
          narrowed(entity, records, rows),
        )
      }
    }
    const [first] = rows
    const id = typeof first?.['id'] === 'string' ? first['id'] : undefined
    // Later tests take another one than is read here: some ERPs do not show one record twice in a minute.
    const later = rows.findLast((row) => row['inactive'] !== true)?.['id'] ?? id
    if (typeof later === 'string') known[`${entity}_id`] = later
    const byId = catalogue.tools[`get_${entity}_by_id`]
    if (byId !== undefined) {
      await bench.test('operations', `one of the ${plural} is read by its identifier`, [byId.name], async () => {
        if (id === undefined) throw new NotTried('no record to read is known')
        const came = await calls.call(byId.name, { id })
        expect(rowsOf(byId.name, came)[0]?.['id'] === id, 'another record came, or none')
      })
    }
    const byDocument = catalogue.tools[`get_${entity}_by_document`]
    if (byDocument !== undefined) {
      await bench.test('operations', `${plural} are found by document`, [byDocument.name], async () => {
        const holder = rows.find((row) => typeof row['document'] === 'string')
        if (holder === undefined) throw new NotTried('no record with a document is known')
        const found = rowsOf(byDocument.name, await calls.call(byDocument.name, { document: holder['document'] }))
        expect(
          found.some((row) => row['id'] === holder['id']),
          'the record that has it was not among them',
        )
        expect(
          found.every((row) => row['document'] === holder['document']),
          'a record with another document came',
        )
      })
    }
  }
  return known
}

async function paged(list: CatalogueTool, calls: Calls, seen: number): Promise<void> {
  if (seen < 2) throw new NotTried('fewer than two records are known')
  const page = async (number: number): Promise<Row[]> =>
    rowsOf(list.name, await calls.call(list.name, { page: number, page_size: 1 }))
  const [one, two] = [await page(1), await page(2)]
  expect(one.length === 1 && two.length === 1, `pages of one record had ${one.length} and ${two.length}`)
  expect(one[0]?.['id'] !== two[0]?.['id'], 'the second page is the first one again')
}

async function narrowed(entity: string, records: Records, rows: readonly Row[]): Promise<void> {
  const names = rows.flatMap((row) => (typeof row['name'] === 'string' ? [row['name']] : []))
  const [first] = names
  if (first === undefined) throw new NotTried('no record with a name is known')
  const part = first.toLowerCase()
  const found = await records.list(entity, { name_contains: first })
  // An ERP may look at the trade name as well.
  const shown = found.map((row) => `${row['name']} ${row['trade_name']}`.toLowerCase())
  expect(
    shown.some((words) => words.includes(part)),
    'the record that has the name was not among them',
  )
  expect(
    shown.every((words) => words.includes(part)),
    'records without it came as well',
  )
}

/** Customers, vendors, and what has a name: made, read back, changed, put out of use, removed. */
export async function testRegisters(place: OperationsPlace, known: Known): Promise<Known> {
  const made: Known = {}
  for (const [index, entity] of (['category', 'cost_center', ...PARTIES] as const).entries()) {
    const id = await madeAndChanged(place, entity, index + 1, known)
    if (id !== null) made[`${entity}_id`] = id
  }
  return made
}

async function madeAndChanged(
  place: OperationsPlace,
  entity: string,
  branch: number,
  known: Known,
): Promise<string | null> {
  const { bench, calls, catalogue, records, marks, writes } = place
  const [create, update] = [catalogue.tools[`create_${entity}`], catalogue.tools[`update_${entity}`]]
  const removers = [`delete_${entity}`, `update_${entity}_inactive`].filter(
    (name) => catalogue.tools[name] !== undefined,
  )
  const noReason = writes ? null : 'nothing is written here'
  let id: string | null = null
  const given = { name: marks.name('A'), document: marks.document(branch) }
  const reader = records.readers(entity)[0] ?? ''
  if (create !== undefined) {
    const name = `a ${entity} that was made is read back as it was written`
    const why = noReason ?? (place.money || removers.length > 0 ? null : 'it could not be removed again')
    if (why !== null) bench.skip('operations', name, [create.name], why)
    else {
      await bench.test('operations', name, [create.name, ...records.readers(entity)], async () => {
        const args = argsFor(create, { ...known, ...given, reference: marks.reference() })
        id = writtenId(create.name, await calls.call(create.name, args))
        await readBack(place, entity, id, args, reader)
      })
    }
  }
  const own = id
  // Of what cannot be made, a seeded record is changed, and changed back by nobody: before a stand-in alone.
  const target = own ?? (place.money ? (known[`${entity}_id`] ?? null) : null)
  if (update !== undefined) {
    const name = `a ${entity} that was changed has the change and keeps the rest`
    if (target === null) bench.skip('operations', name, [update.name], noReason ?? 'no record of this run is there')
    else {
      await bench.test('operations', name, [update.name, ...records.readers(entity)], async () => {
        const before = (await records.read(entity, target, { name_contains: given.name })) ?? {}
        const args = { id: target, name: marks.name('B') }
        const came = await calls.call(update.name, args)
        if (came.kind === 'refused') throw refused(update.name, came)
        await readBack(place, entity, target, { ...kept(before), ...args }, reader)
      })
    }
  }
  return own
}

/** What a change of the name leaves as it was. */
function kept(row: Row): Row {
  const stays = ['document', 'email', 'phone', 'city', 'state', 'kind']
  return Object.fromEntries(Object.entries(row).filter(([name, value]) => stays.includes(name) && value !== null))
}

/** @throws Wrong unless the record shows what was written */
export async function readBack(
  { catalogue, records }: OperationsPlace,
  entity: string,
  id: string,
  written: Row,
  reader: string,
): Promise<void> {
  const wrong = (row: Row | null): string[] => (row === null ? ['id'] : differing(catalogue, reader, written, row))
  const narrowed = typeof written['name'] === 'string' ? { name_contains: written['name'] } : {}
  const row = await records.settled(entity, id, (found) => wrong(found).length === 0, narrowed)
  expect(row !== null, 'it is not there')
  const names = wrong(row)
  expect(names.length === 0, `${names.map((name) => `\`${name}\``).join(', ')} is not what was written`)
}

/** Puts out of use and removes what this run made. Called whatever became of the tests before. */
export async function testRemovals(place: OperationsPlace, made: Known): Promise<void> {
  const { bench, calls, catalogue, records, writes } = place
  const reason = 'a record made by verify-erp'
  for (const entity of PARTIES) {
    const id = made[`${entity}_id`]
    const [inactive, remove] = [catalogue.tools[`update_${entity}_inactive`], catalogue.tools[`delete_${entity}`]]
    const without = writes ? 'no record of this run is there' : 'nothing is written here'
    if (inactive !== undefined) {
      const name = `a ${entity} that was put out of use is inactive`
      if (id === undefined) bench.skip('operations', name, [inactive.name], without)
      else {
        await bench.test('operations', name, [inactive.name, ...records.readers(entity)], async () => {
          const came = await calls.call(inactive.name, { id, reason })
          if (came.kind === 'refused') throw refused(inactive.name, came)
          const row = await records.settled(entity, id, (found) => found?.['inactive'] === true, {
            inactive_filter: true,
          })
          // Some ERPs show inactive records only where they are asked for.
          if (row === null) throw new NotTried('the ERP does not show it any more')
          expect(row['inactive'] === true, 'it is still in use')
        })
      }
    }
    if (remove !== undefined) {
      const name = `a ${entity} that was deleted is there no more`
      if (id === undefined) bench.skip('operations', name, [remove.name], without)
      else
        await bench.test('operations', name, [remove.name, ...records.readers(entity)], () =>
          removed(place, entity, id),
        )
    }
  }
}

/** @throws Wrong unless the record is gone */
export async function removed({ calls, records }: OperationsPlace, entity: string, id: string): Promise<void> {
  const name = `delete_${entity}`
  const came = await calls.call(name, { id, reason: 'a record made by verify-erp' })
  if (came.kind === 'refused') throw refused(name, came)
  expect((await records.settled(entity, id, (row) => row === null)) === null, 'it is still there')
}
