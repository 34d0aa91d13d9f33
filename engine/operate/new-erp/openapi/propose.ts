import { UNIVERSAL_TOOLS } from '../../../contract/universal/tool.ts'
import {
  ACTION_WORDS,
  ENTITY_WORDS,
  FIELD_WORDS,
  PATH_PREFIXES,
  plainWords,
} from '../../../contract/universal/words.ts'
import { ENTITIES } from '../../../contract/vocabulary.ts'
import type { Operation } from './operations.ts'

/** What a path speaks of. */
export interface Resource {
  /** Its name as plain words: `conta pagar`. */
  words: string
  /** Entities of the vocabulary that it may be. None: it has no name that the vocabulary knows. */
  entities: string[]
  /** The one place of the path that names a record; null for all of them. */
  place: string | null
  act: 'list' | 'get' | 'create' | 'update' | 'delete' | 'settle' | null
}

/** A universal tool that an operation may be. */
export interface Proposal {
  tool: string
  operation: Operation
  resource: Resource
}

/** An operation that becomes no tool, and why. */
export interface Left {
  operation: Operation
  reason: string
}

/**
 * Which universal tool each operation may be, by its path and method. Of two that may be the same one the first stands,
 * and what is named as one entity alone goes before what may be two.
 */
export function propose(operations: readonly Operation[]): { proposals: Proposal[]; left: Left[] } {
  const read = operations.map((operation) => ({ operation, resource: resourceOf(operation) }))
  const order = [...read].sort((one, other) => rank(one.resource) - rank(other.resource))
  const taken = new Map<string, Proposal>()
  const left = new Map<Operation, string>()
  for (const { operation, resource } of order) {
    const names = resource.entities.flatMap((entity) => toolsFor(entity, resource, operation))
    if (names.length === 0) left.set(operation, reasonFor(resource))
    for (const tool of names) {
      const other = taken.get(tool)
      if (other === undefined) taken.set(tool, { tool, operation, resource })
      else if (!left.has(operation)) {
        left.set(operation, `\`${tool}\` is proposed from ${other.operation.method} ${other.operation.path}`)
      }
    }
  }
  const used = new Set([...taken.values()].map(({ operation }) => operation))
  return {
    proposals: [...taken.values()],
    left: operations.flatMap((operation) => {
      const reason = left.get(operation)
      return reason === undefined || used.has(operation) ? [] : [{ operation, reason }]
    }),
  }
}

/** One entity before two, and an identifier before another name of a record. */
function rank({ entities, place }: Resource): number {
  return 2 * entities.length + (place === null || /(^| )id$/.test(plainWords(place)) ? 0 : 1)
}

function reasonFor({ entities, act }: Resource): string {
  if (entities.length === 0) return 'its path names nothing of the vocabulary'
  return act === null ? 'what it does is not one of the acts of the vocabulary' : 'the vocabulary has no such tool'
}

function resourceOf({ method, path }: Operation): Resource {
  const all = path.split('/').filter((part) => part !== '')
  const start = all.findIndex((part) => !PATH_PREFIXES.includes(plainWords(part)) && !/^v\d+(\.\d+)*$/i.test(part))
  const parts = start < 0 ? [] : all.slice(start)
  const places = parts.filter((part) => part.startsWith('{'))
  const first = parts.findIndex((part) => part.startsWith('{'))
  const before = parts.slice(0, first < 0 ? undefined : first).map(plainWords)
  const after = first < 0 ? [] : parts.slice(first + 1)
  const place = /^\{([^{}]+)\}$/.exec(places[0] ?? '')?.[1] ?? null
  const none: Resource = { words: before.join(' '), entities: [], place, act: null }
  if (places.length > 1 || after.length > 1 || (places.length === 1 && place === null)) return none
  const spoken = first < 0 ? spokenAct(before) : null
  const words = (spoken === null ? before : before.slice(0, -1)).join(' ')
  return { words, entities: entitiesOf(words), place, act: actOf(method, place, spoken, after[0]) }
}

function entitiesOf(words: string): string[] {
  return Object.keys(ENTITY_WORDS).filter((entity) => ENTITY_WORDS[entity]?.includes(words) === true)
}

/** `/customers/list`: the path says what is done. */
function spokenAct(words: readonly string[]): Resource['act'] {
  const last = words.at(-1) ?? ''
  if (entitiesOf(words.slice(0, -1).join(' ')).length === 0) return null
  const acts = Object.entries(ACTION_WORDS).filter(([act]) => act !== 'settle')
  const found = acts.find(([, names]) => names.includes(last))?.[0]
  return found === 'list' || found === 'get' || found === 'create' || found === 'update' || found === 'delete'
    ? found
    : null
}

function actOf(
  method: Operation['method'],
  place: string | null,
  spoken: Resource['act'],
  after: string | undefined,
): Resource['act'] {
  if (spoken !== null) return method === 'POST' ? spoken : null
  if (after !== undefined) {
    return method === 'POST' && ACTION_WORDS.settle.includes(plainWords(after)) ? 'settle' : null
  }
  if (place === null) return method === 'GET' ? 'list' : method === 'POST' ? 'create' : null
  switch (method) {
    case 'GET':
      return 'get'
    case 'DELETE':
      return 'delete'
    default:
      return 'update'
  }
}

const SETTLES: Readonly<Record<string, string>> = {
  account_payable: 'create_payment',
  account_receivable: 'create_receipt',
}

function toolsFor(entity: string, { act }: Resource, operation: Operation): string[] {
  const plural = ENTITIES[entity] ?? entity
  const names: Record<NonNullable<Resource['act']>, string[]> = {
    list: [`get_${plural}_list`, ...(findsByDocument(operation) ? [`get_${entity}_by_document`] : [])],
    get: [`get_${entity}_by_id`],
    create: [`create_${entity}`],
    update: [`update_${entity}`],
    delete: [`delete_${entity}`],
    settle: [SETTLES[entity] ?? ''],
  }
  return (act === null ? [] : names[act]).filter((name) => Object.hasOwn(UNIVERSAL_TOOLS, name))
}

function findsByDocument({ parameters }: Operation): boolean {
  return parameters.some(
    ({ in: where, name }) => where === 'query' && FIELD_WORDS['document']?.includes(plainWords(name)),
  )
}
