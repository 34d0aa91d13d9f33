import type { CatalogueTool } from '../../engine/contract/catalogue.ts'
import type { Band, Config } from '../../engine/contract/config.ts'
import { moneyInWords } from '../../engine/contract/money-words.ts'
import type { Effect } from '../../engine/contract/vocabulary.ts'

const VERBS: Readonly<Record<Effect, string>> = {
  read: 'reads',
  create: 'creates',
  update: 'changes to',
  delete: 'deletes',
  settle: 'settles',
  fiscal: 'issues',
}

/** ` (settles up to R$ 1.000,00 alone, up to R$ 50.000,00 with 1 approval)`; nothing for a tool without limits. */
export function limitsInWords(tool: Pick<CatalogueTool, 'effect' | 'money'>, { rbac }: Config): string {
  const bands = tool.money ? (rbac.alcada[tool.effect] ?? []) : []
  if (bands.length === 0) return ''
  return ` (${VERBS[tool.effect]} ${bands.map(bandInWords).join(', ')})`
}

function bandInWords({ up_to, currency, approvers }: Band): string {
  const who = approvers === 0 ? 'alone' : `with ${approvers} approval${approvers === 1 ? '' : 's'}`
  return `up to ${moneyInWords(up_to, currency)} ${who}`
}
