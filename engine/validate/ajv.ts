import type { SchemaValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { isCnpj } from '../contract/cnpj.ts'
import { centavosOf } from '../contract/money.ts'
import { secondsOf } from './duration.ts'

export interface AjvOptions {
  /** Default true. */
  strict?: boolean
  /**
   * Whether everything that is wrong is told at once, with a schema itself too. Without, a schema that is known to be
   * good only says yes or no, and is compiled in a third of the time. Default true.
   */
  explains?: boolean
}

/** An ajv that knows our formats and the two keywords for keys that go together. */
export function newAjv({ strict = true, explains = true }: AjvOptions = {}): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: explains,
    strict,
    strictRequired: false,
    verbose: explains,
    messages: explains,
    validateSchema: explains,
    code: { optimize: explains },
    allowUnionTypes: true,
    discriminator: true,
  })
  formats.default(ajv, ['date', 'date-time', 'email', 'uri', 'uuid'])
  ajv.addFormat('centavos', { type: 'number', validate: (value: number) => centavosOf(value) !== null })
  ajv.addFormat('cnpj', { type: 'string', validate: isCnpj })
  ajv.addFormat('duration_with_unit', { type: 'string', validate: (text: string) => secondsOf(text) !== null })
  ajv.addKeyword({ keyword: 'exactlyOne', type: 'object', schemaType: 'array', validate: exactlyOne, errors: true })
  ajv.addKeyword({ keyword: 'onlyWith', type: 'object', schemaType: 'object', validate: onlyWith, errors: true })
  return ajv
}

/** `exactlyOne: [[a, b], [c, d]]`: of each group exactly one key is there. */
const exactlyOne: SchemaValidateFunction = (groups: readonly (readonly string[])[], data: object): boolean => {
  const wrong = groups
    .map((group) => ({ group, found: group.filter((key) => Object.hasOwn(data, key)) }))
    .filter(({ found }) => found.length !== 1)
  exactlyOne.errors = wrong.map((params) => ({ keyword: 'exactlyOne', message: 'exactly one', params }))
  return wrong.length === 0
}

/** `onlyWith: {b: [a]}`: the key b stands only beside one of those. */
const onlyWith: SchemaValidateFunction = (
  rules: Readonly<Record<string, readonly string[]>>,
  data: object,
): boolean => {
  const wrong = Object.entries(rules)
    .filter(([key, others]) => Object.hasOwn(data, key) && !others.some((other) => Object.hasOwn(data, other)))
    .map(([key, others]) => ({ key, others }))
  onlyWith.errors = wrong.map((params) => ({ keyword: 'onlyWith', message: 'only with', params }))
  return wrong.length === 0
}
