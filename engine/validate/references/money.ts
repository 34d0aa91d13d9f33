import { isRequired, propertiesOf, propertySchema } from '../schema-path.ts'
import type { ToolContext } from './tool.ts'

/** A tool that moves money says how much, to whom, and by which key a repeat is known. */
export function checkMoney(context: ToolContext): void {
  const { tool, at, report } = context
  if (!tool.money) return
  const facts = tool.facts ?? {}
  const place = tool.facts === undefined ? at : `${at}/facts`
  for (const name of (['amount', 'idempotency_key'] as const).filter((each) => facts[each] === undefined)) {
    const message = `a tool that moves money declares the fact \`${name}\``
    report.atKey(place, { code: 'MONEY_FACT_MISSING', message, help: `add \`${name}:\` under \`facts\`` })
  }
  if (['settle', 'update', 'delete'].includes(tool.effect) && facts.counterparty === undefined) {
    const message = 'the counterparty comes from neither arguments nor resolve'
    const help = 'read the record before deciding (`resolve`) and point `facts.counterparty` at it'
    report.atKey(place, { code: 'COUNTERPARTY_UNRESOLVED', message, help })
  }
  const key = facts.idempotency_key
  if (key !== undefined && !(key.startsWith('/args/') && isRequired(tool.input, key.slice('/args/'.length)))) {
    const message = `expected an argument that is required, got \`${key}\``
    report.at(`${at}/facts/idempotency_key`, {
      code: 'IDEMPOTENCY_OPTIONAL',
      message,
      help: 'a repeat is known only by a key that is always there',
    })
  }
  checkWholeAmount(context)
}

/** Amount means everything the call can move, never reduced by a discount. */
function checkWholeAmount({ tool, at, report }: ToolContext): void {
  const amount = tool.facts?.amount
  if (amount === undefined) return
  const pointers = 'sum' in amount ? amount.sum : amount.first
  for (const name of propertiesOf(tool.input)) {
    const counts = propertySchema(tool.input, name)['format'] === 'centavos' && name !== 'discount'
    if (!counts || pointers.includes(`/args/${name}`)) continue
    const message = `argument \`${name}\` moves money and is not part of the amount`
    report.atKey(`${at}/facts/amount`, {
      code: 'AMOUNT_INCOMPLETE',
      message,
      help: `add \`/args/${name}\` to the sum, or \`${name}\` to \`without\``,
    })
  }
}
