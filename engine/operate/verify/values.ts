import type { CatalogueTool } from '../../contract/catalogue.ts'
import { isCnpj } from '../../contract/cnpj.ts'
import { readPointer } from '../../contract/pointer.ts'
import { NotTried } from './verdict.ts'

/** The run's own values: whoever meets a record made of them sees that it is a test's. */
export interface Marks {
  /** Six digits. */
  mark: string
  /** `ALCADA TEST 000001 A`. */
  name(letter: string): string
  /** Another one each time. */
  reference(): string
  /** A CNPJ whose root nobody has been given; another one for each branch. */
  document(branch: number): string
}

/** The mark of what is made in a stand-in, which is new each time: the same calls each time. */
export const STAND_IN_MARK = '000001'

export function marksOf(mark: string): Marks {
  let references = 0
  return {
    mark,
    name: (letter) => `ALCADA TEST ${mark} ${letter}`,
    reference() {
      references += 1
      return `alcada-${mark}-${references}`
    },
    document(branch) {
      const root = `99${mark}${String(branch).padStart(4, '0')}`
      const ends = Array.from({ length: 100 }, (_, end) => String(end).padStart(2, '0'))
      return `${root}${ends.find((end) => isCnpj(`${root}${end}`)) ?? '00'}`
    },
  }
}

/** In the books of most companies, and no day that a run depends on. */
export const DAY = '2026-12-10'

/** Values of arguments that mean the same in every ERP. What issues a document, or is bank data, has none. */
const PLAIN: Readonly<Record<string, unknown>> = {
  email: 'alcada-test@example.com',
  phone: '1130000000',
  city: 'Recife',
  state: 'PE',
  kind: 'expense',
  reason: 'a record made by verify-erp',
  due_date: DAY,
  accrual_date: DAY,
  date: DAY,
  description: 'made by verify-erp',
}

/** Optional arguments that are given all the same, so that a write that loses one is found out. */
const GIVEN = new Set(['email', 'phone', 'city', 'state', 'description', 'accrual_date'])

/**
 * Arguments of a call: the required ones, and some that are not. `known`: values of this run, by name of argument.
 * @throws NotTried where a required one has no value
 */
export function argsFor(tool: CatalogueTool, known: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const args: Record<string, unknown> = {}
  const required = requiredOf(tool)
  for (const name of propertiesOf(tool)) {
    const value = known[name] ?? PLAIN[name]
    if (required.includes(name) && value === undefined) throw new NotTried(`no value is known for \`${name}\``)
    if (value !== undefined && (required.includes(name) || GIVEN.has(name) || known[name] !== undefined)) {
      args[name] = value
    }
  }
  return args
}

export function propertiesOf({ input }: CatalogueTool): string[] {
  const { properties } = input
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : []
}

export function requiredOf({ input }: CatalogueTool): string[] {
  const { required } = input
  return Array.isArray(required) ? required.filter((name) => typeof name === 'string') : []
}

/** The greatest page that a list takes. */
export function largestPage({ input }: CatalogueTool): number {
  const most = readPointer(input, '/properties/page_size/maximum')
  return typeof most === 'number' ? most : 500
}

/** Pages that are all unlike each other: sizes from `least` to `most`, over and over on later pages. */
export function unlikePages(least: number, most: number): () => { page: number; page_size: number } {
  let asked = 0
  const sizes = Math.max(1, most - least + 1)
  return () => {
    const page = { page: 1 + Math.floor(asked / sizes), page_size: Math.min(least, most) + (asked % sizes) }
    asked += 1
    return page
  }
}

/** Whether a tool can be called with these arguments alone. */
export function takesNoMore(tool: CatalogueTool, names: readonly string[]): boolean {
  return requiredOf(tool).every((name) => names.includes(name))
}
