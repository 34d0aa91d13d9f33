import { isTerm } from '../../compile/ast.ts'
import { isLocated, type LocatedFile, type LocatedNode, locatedNodes } from '../../compile/located.ts'
import { keyOf, type Mutant } from './mutant.ts'

/** Every small mistake that can be made in one Rego file: operators, conditions, negations, constants, sets, rules. */
export function regoMutants(file: LocatedFile): Mutant[] {
  const mutants = file.rules.flatMap((rule) => [
    ...dropped(file, rule),
    ...[...locatedNodes(rule)].flatMap((node) => [
      ...operators(file, node),
      ...(rule['default'] === true ? [] : conditions(file, node)),
      ...constants(file, node, rule),
      ...elements(file, node),
    ]),
  ])
  return [...new Map(mutants.map((mutant) => [keyOf(mutant), mutant])).values()].sort((a, b) => a.start - b.start)
}

function made(file: LocatedFile, node: LocatedNode, kind: string, replace: (written: string) => string[]): Mutant[] {
  const span = file.spanOf(node)
  if (span === null) return []
  const written = file.text.slice(span.start, span.end)
  return replace(written)
    .filter((replacement) => replacement !== written)
    .map((replacement) => ({ file: file.path, ...span, replacement, kind }))
}

const OPERATORS: Readonly<Record<string, string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '==': ['!='],
  '!=': ['=='],
  '+': ['-'],
  '-': ['+'],
  '*': ['+'],
  '|': ['&'],
  '&': ['|'],
  min: ['max'],
  max: ['min'],
  startswith: ['endswith'],
  endswith: ['startswith'],
  union: ['intersection'],
  intersection: ['union'],
}

function operators(file: LocatedFile, node: LocatedNode): Mutant[] {
  const called = Array.isArray(node['terms']) ? node['terms'] : node['type'] === 'call' ? node['value'] : null
  const [operator]: unknown[] = Array.isArray(called) ? called : []
  return isLocated(operator) ? made(file, operator, 'operator', (written) => OPERATORS[written] ?? []) : []
}

/** What binds a variable is left alone: without it the rest would not compile. */
const BINDS = /(:=|^some\b|^every\b)/

function conditions(file: LocatedFile, node: LocatedNode): Mutant[] {
  if (!('terms' in node) || !('index' in node)) return []
  const span = file.spanOf(node)
  const written = span === null ? '' : file.text.slice(span.start, span.end)
  const terms = node['terms']
  // A rule without a body has one that says `true` and stands nowhere.
  if (BINDS.test(written) || (isTerm(terms) && terms.type === 'boolean')) return []
  if (node['negated'] === true) {
    return [
      ...made(file, node, 'negation dropped', (text) => [text.replace(/^not\s+/, '')]),
      ...made(file, node, 'condition dropped', () => ['true']),
    ]
  }
  const inverted = !Array.isArray(terms) || !/[<>=]/.test(written)
  return [
    ...made(file, node, 'condition dropped', () => ['true']),
    ...(inverted ? made(file, node, 'condition inverted', (text) => [`not ${text}`]) : []),
  ]
}

function constants(file: LocatedFile, node: LocatedNode, rule: LocatedNode): Mutant[] {
  switch (node['type']) {
    case 'number':
      return made(file, node, 'number', (text) =>
        /^\d+$/.test(text) ? [`${Number(text) + 1}`, `${Number(text) - 1}`] : [],
      )
    case 'boolean':
      return made(file, node, 'constant', (text) => (text === 'true' ? ['false'] : text === 'false' ? ['true'] : []))
    case 'null':
      return made(file, node, 'constant', (text) => (text === 'null' ? ['false'] : []))
    case 'string':
      // The words beside a reason's code are for people.
      if (isWords(rule, node)) return []
      return made(file, node, 'text', (text) => (/^"[^"\\]*"$/.test(text) ? [`${text.slice(0, -1)}~"`] : []))
    default:
      return []
  }
}

function isWords(rule: LocatedNode, node: LocatedNode): boolean {
  const head = rule['head']
  if (typeof head !== 'object' || head === null || !('value' in head) || head.value !== node) return false
  return (
    'ref' in head &&
    Array.isArray(head.ref) &&
    head.ref.length === 2 &&
    isTerm(head.ref[1]) &&
    head.ref[1].type === 'string'
  )
}

/** One element of a list or set that is written out, left out. */
function elements(file: LocatedFile, node: LocatedNode): Mutant[] {
  if ((node['type'] !== 'set' && node['type'] !== 'array') || !Array.isArray(node['value'])) return []
  const items = node['value'].filter(isLocated)
  const texts = items.flatMap((item) => {
    const span = file.spanOf(item)
    return span === null ? [] : [file.text.slice(span.start, span.end)]
  })
  if (texts.length === 0 || texts.length !== node['value'].length) return []
  const isSet = node['type'] === 'set'
  return made(file, node, 'element dropped', () =>
    texts.map((_, at) => {
      const rest = texts.filter((__, other) => other !== at).join(', ')
      if (!isSet) return `[${rest}]`
      return rest === '' ? 'set()' : `{${rest}}`
    }),
  )
}

function dropped(file: LocatedFile, rule: LocatedNode): Mutant[] {
  const alone = rule['default'] === true || file.rules.length === 1
  return alone ? [] : made(file, rule, 'rule dropped', () => [''])
}
