import { calledName, isTerm, type Term, termsIn } from './ast.ts'
import { fullPath, type Program } from './program.ts'

/** JSON Pointers into `input` that some rule reads: whatever stands at one, or below it, may bear on a decision. */
export function inputReads(program: Program): string[] {
  const found = new Set<string>()
  for (const module of Object.values(program)) {
    for (const node of [...termsIn(module), ...callsIn(module.rules)]) {
      const path = Array.isArray(node) ? lookup(node) : node.type === 'ref' ? constantPrefix(node) : null
      const [root, ...rest] = path ?? []
      if (path === null || root === undefined) continue
      const full = fullPath(module, { type: 'var', value: root })
      if (full?.[0] === 'input') found.add(pointerOf([...full.slice(1), ...rest]))
    }
  }
  // `object.get(input.args, "amount", 0)` reads /args/amount: its first argument alone is not a read of all arguments.
  for (const module of Object.values(program)) {
    for (const call of callsIn(module.rules)) {
      const whole = isTerm(call[1]) ? constantPrefix(call[1]) : null
      if (lookup(call) !== null && whole?.[0] === 'input') found.delete(pointerOf(whole.slice(1)))
    }
  }
  return [...found].filter((pointer) => pointer !== '').sort()
}

/** True when a rule reads this place, what it stands in, or something below it. */
export function isRead(reads: readonly string[], pointer: string): boolean {
  const plain = pointer.replace(/\/\d+(?=\/|$)/g, '')
  return reads.some((read) => read === plain || plain.startsWith(`${read}/`) || read.startsWith(`${plain}/`))
}

/** The constant beginning of a ref: `input.approvals[i].by` → [input, approvals]. */
function constantPrefix(term: Term): string[] | null {
  if (!Array.isArray(term.value)) return null
  const parts: unknown[] = term.value
  const end = parts.findIndex((part, at) => !isTerm(part) || (at > 0 && part.type !== 'string'))
  const constant = end < 0 ? parts : parts.slice(0, end)
  const tokens = constant.map((part) => (isTerm(part) ? String(part.value) : ''))
  return isTerm(parts[0]) && parts[0].type === 'var' ? tokens : null
}

function lookup(call: readonly unknown[]): string[] | null {
  const [, object, key] = call
  if (calledName(call) !== 'object.get' || !isTerm(object) || !isTerm(key)) return null
  const path = constantPrefix(object)
  if (path === null) return null
  if (key.type === 'array' && Array.isArray(key.value)) {
    return [...path, ...key.value.map((part: unknown) => (isTerm(part) ? String(part.value) : ''))]
  }
  return key.type === 'string' ? [...path, String(key.value)] : null
}

function* callsIn(node: unknown): Generator<unknown[]> {
  if (typeof node !== 'object' || node === null) return
  if (Array.isArray(node) && calledName(node) !== null) yield node
  for (const child of Object.values(node)) yield* callsIn(child)
}

function pointerOf(tokens: readonly string[]): string {
  return tokens.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
