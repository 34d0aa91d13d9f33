/** Words that say what the number behind them is. Without accents, in lower case. */
const WORDS = {
  document: 'cpfs?|cnpjs?|cpf/cnpj|cnpj/cpf',
  pix: 'pix|evp|brcode|chave aleatoria|copia e cola|chaves?',
  phone:
    'tels?|telefones?|fones?|cels?|celular|celulares|whats|whatsapp|wpp|zap|contatos?|fax|phones?|mobile|ligar|recado|ddd',
  email: 'e-?mails?|correio',
  branch: 'agencias?|ag|branch',
  account: 'c/c|c/p|cc|cta|contas?(?: corrente| poupanca| pagamento| de pagamento| salario)?|poupanca|account',
  bank: 'bancos?|bco|itau|bradesco|santander|caixa|cef|bb|nubank|inter|sicoob|sicredi|btg|banrisul|safra|c6|ted|deposito|transferencia',
  fiscal: 'chaves?(?: de)? acesso|chave da nota|danfe|nf-?e|nfc-?e|ct-?e|chnfe',
  boleto: 'boletos?|linha digitavel|codigo de barras|barras',
} as const
export type Label = keyof typeof WORDS

const NAMES = Object.keys(WORDS).filter((name): name is Label => Object.hasOwn(WORDS, name))
const ANY = new RegExp(`(?<![a-z0-9])(?:${NAMES.map((name) => `(?<${name}>${WORDS[name]})`).join('|')})(?![a-z])`, 'g')

/** Which of these words stand where in a text. */
export interface Labels {
  /** One stands before this place, at most so far away, with no digit between. */
  before(label: Label, place: number, within: number): boolean
  /** One stands within so many characters, on either side. */
  near(label: Label, place: number, within: number): boolean
}

/**
 * @param lower PlainText.lower
 * @param name what the whole text is called, the key it stands under: it counts as a word before each of its places
 */
export function labelsIn(lower: string, name = ''): Labels {
  let found: Record<Label, number[]> | null = null
  // Most texts hold nothing that it would have to be known of.
  const places = (label: Label): number[] => {
    found ??= placesIn(lower)
    return found[label]
  }
  const isCalled = (label: Label): boolean => labelsOf(name).has(label)
  return {
    before(label, place, within) {
      if (name !== '' && isCalled(label)) return true
      const end = lastUpTo(places(label), place)
      return end !== null && place - end <= within && !/[0-9]/.test(lower.slice(end, place))
    },
    near(label, place, within) {
      if (name !== '' && isCalled(label)) return true
      const end = lastUpTo(places(label), place + within)
      return end !== null && end >= place - within
    },
  }
}

/** Keys of records are few, and come again with every record. */
const OF_NAME = new Map<string, ReadonlySet<Label>>()
const REMEMBERED = 1_000

function labelsOf(name: string): ReadonlySet<Label> {
  const known = OF_NAME.get(name)
  if (known !== undefined) return known
  const places = placesIn(wordsOf(name))
  const labels = new Set(NAMES.filter((one) => places[one].length > 0))
  if (OF_NAME.size < REMEMBERED) OF_NAME.set(name, labels)
  return labels
}

function placesIn(lower: string): Record<Label, number[]> {
  const found: Record<Label, number[]> = {
    ...{ document: [], pix: [], phone: [], email: [], branch: [], account: [], bank: [], fiscal: [], boleto: [] },
  }
  for (const match of lower.matchAll(ANY)) {
    const label = NAMES.find((one) => match.groups?.[one] !== undefined)
    if (label !== undefined) found[label].push(match.index + match[0].length)
  }
  return found
}

/** `chavePix`, `chave_pix` → `chave pix`. */
function wordsOf(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase()
}

function lastUpTo(places: readonly number[], limit: number): number | null {
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((places[middle] ?? 0) <= limit) low = middle + 1
    else high = middle
  }
  return low === 0 ? null : (places[low - 1] ?? null)
}
