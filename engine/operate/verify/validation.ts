import type { Catalogue, CatalogueTool } from '../../contract/catalogue.ts'
import type { Bench } from './bench.ts'
import type { Calls } from './calls.ts'
import { during, type Line } from './line.ts'
import { argsFor, type Marks, propertiesOf, requiredOf } from './values.ts'
import { expect, NotTried } from './verdict.ts'

export interface ValidationPlace {
  bench: Bench
  calls: Calls
  catalogue: Catalogue
  line: Line | null
  marks: Marks
  known: Readonly<Record<string, string>>
  /** Tools that exist for this caller. */
  seen: ReadonlySet<string>
}

/** Each tool, with arguments that are wrong in every way that can be: none of it may reach the ERP. */
export async function testValidation(place: ValidationPlace): Promise<void> {
  const { bench, catalogue, seen } = place
  for (const tool of Object.values(catalogue.tools)) {
    const name = `\`${tool.name}\` takes no wrong arguments, and the ERP sees none`
    if (!seen.has(tool.name)) bench.skip('validation', name, [tool.name], 'the tool is not called on a real system')
    else await bench.test('validation', name, [tool.name], () => refusesAll(place, tool))
  }
}

async function refusesAll({ calls, line, marks, known }: ValidationPlace, tool: CatalogueTool): Promise<void> {
  const wrongs = wrongArguments(tool, goodArguments(tool, marks, known))
  if (wrongs.length === 0) throw new NotTried('it takes anything')
  for (const { what, args } of wrongs) {
    const act = (): ReturnType<Calls['call']> => calls.call(tool.name, args)
    const { came, requests } = line === null ? { came: await act(), requests: [] } : await during(line, act)
    expect(came.kind === 'refused', `${what} was taken`)
    expect(came.code === 'arguments_invalid', `${what} was told as \`${came.code}\``)
    expect(requests.length === 0, `${what} reached the ERP`)
  }
}

function goodArguments(
  tool: CatalogueTool,
  marks: Marks,
  known: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const id = '1'
  const ids = Object.fromEntries(requiredOf(tool).flatMap((name) => (/(^|_)id$/.test(name) ? [[name, id]] : [])))
  const others = {
    name: marks.name('V'),
    document: marks.document(9),
    amount: 12.34,
    reference: 'alcada-none',
    payment_ids: [id],
  }
  try {
    return argsFor(tool, { ...others, ...ids, ...known })
  } catch {
    return {}
  }
}

interface WrongArguments {
  what: string
  args: Record<string, unknown>
}

/** A value that no schema of the kind takes. */
const WRONG_TYPES: Readonly<Record<string, unknown>> = {
  string: 7,
  number: 'seven',
  integer: 1.5,
  boolean: 'yes',
  array: 'none',
  object: 'none',
}

function wrongArguments(tool: CatalogueTool, good: Record<string, unknown>): WrongArguments[] {
  const wrongs: WrongArguments[] = []
  const { properties, additionalProperties } = tool.input
  if (additionalProperties === false) {
    wrongs.push({ what: 'an unknown argument', args: { ...good, alcada_unknown: 'x' } })
  }
  for (const name of requiredOf(tool)) {
    const { [name]: _, ...rest } = good
    wrongs.push({ what: `a call without \`${name}\``, args: rest })
  }
  for (const name of propertiesOf(tool)) {
    const schema: unknown = Reflect.get(Object(properties), name)
    const wrong = (what: string, value: unknown): void => void wrongs.push({ what, args: { ...good, [name]: value } })
    const said = typeof schema === 'object' && schema !== null ? schema : {}
    const type: unknown = Reflect.get(said, 'type')
    if (typeof type === 'string' && type in WRONG_TYPES) wrong(`\`${name}\` of another type`, WRONG_TYPES[type])
    const longest: unknown = Reflect.get(said, 'maxLength')
    if (typeof longest === 'number') wrong(`\`${name}\` that is too long`, 'x'.repeat(longest + 1))
    if (Reflect.has(said, 'pattern') || Reflect.get(said, 'format') === 'date')
      wrong(`\`${name}\` of another form`, '\u00e7 \u00e7')
    if (Array.isArray(Reflect.get(said, 'enum'))) wrong(`\`${name}\` that is none of the choices`, 'alcada-none')
    if (Reflect.get(said, 'format') === 'centavos') {
      for (const amount of [0, -1, 0.001]) wrong(`\`${name}\` of ${amount}`, amount)
    }
  }
  return wrongs
}
