import type { CatalogueTool } from '../../engine/contract/catalogue.ts'
import type { JsonSchema } from '../../engine/contract/universal/json-schema.ts'
import { EFFECTS } from '../../engine/contract/vocabulary.ts'
import type { Identity } from '../identity/identity.ts'
import type { ActivePolicy } from '../policy/status.ts'
import {
  APPROVAL_DESCRIPTION,
  APPROVAL_INPUT,
  APPROVAL_OUTPUT,
  APPROVAL_TOOL,
  mayAskForApproval,
} from './approval-tool.ts'
import { limitsInWords } from './limits-in-words.ts'
import { isOpen, type StopsNow, stoppable } from './stopped.ts'
import { callerOf, visibleTools } from './visible.ts'

export interface ToolListing {
  name: string
  description: string
  inputSchema: ObjectSchema
  outputSchema: ObjectSchema
  annotations: ToolAnnotations
}

export interface ObjectSchema {
  type: 'object'
  [keyword: string]: unknown
}

/** Hints for clients; nothing here rests on them. */
export interface ToolAnnotations {
  readOnlyHint: boolean
  destructiveHint: boolean
  idempotentHint: boolean
  openWorldHint: boolean
}

/** The tools a caller may see and that are not stopped, in one order, each with the caller's own limits in words. */
export function listTools(active: ActivePolicy | null, identity: Identity, stops: StopsNow = () => []): ToolListing[] {
  if (active === null) return []
  const caller = callerOf(identity)
  const who = stoppable(identity, active, null)
  const open = visibleTools(active, caller).filter((tool) => isOpen(stops, who, tool))
  const listed = open.map((tool) => ({
    name: tool.name,
    description: `${tool.description}${limitsInWords(tool, active.config, caller)}`,
    inputSchema: withCompany(objectSchema(tool.input), identity.companies),
    outputSchema: objectSchema(tool.output),
    annotations: annotationsOf(tool, active.catalogue.erp.kind === 'mcp'),
  }))
  if (!mayAskForApproval(active, caller) || !isOpen(stops, who, { name: APPROVAL_TOOL, effect: 'read' })) return listed
  // The server's own stands for an upstream's of the same name: it is what a refusal speaks of.
  return inOrder([...listed.filter(({ name }) => name !== APPROVAL_TOOL), OWN])
}

function inOrder(tools: ToolListing[]): ToolListing[] {
  return tools.sort((a, b) => (a.name < b.name ? -1 : 1))
}

function objectSchema(schema: JsonSchema): ObjectSchema {
  const { type: _type, ...rest } = forClients(schema)
  return { type: 'object', ...rest }
}

/** Clients that check schemas strictly refuse a format they do not know. */
function forClients(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(
    Object.entries(schema).flatMap(([keyword, value]) => {
      if (keyword === 'format' && value === 'centavos') return []
      if (BRANCHES.has(keyword) && Array.isArray(value)) {
        return [[keyword, value.map((branch: unknown) => (isSchema(branch) ? forClients(branch) : branch))]]
      }
      return [[keyword, isSchema(value) ? forClients(value) : value]]
    }),
  )
}

/** Keywords that hold a list of schemas (JSON Schema 2020-12, 10.2 and 10.3). */
const BRANCHES: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems'])

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A caller bound to several companies names one in every call. */
function withCompany(schema: ObjectSchema, companies: readonly string[]): ObjectSchema {
  if (companies.length < 2) return schema
  const { properties, required } = schema
  const company = { type: 'string', enum: [...companies], description: 'CNPJ of the company this call is made for' }
  return {
    ...schema,
    properties: { ...(isSchema(properties) ? properties : {}), company },
    required: [...(Array.isArray(required) ? required : []), 'company'],
  }
}

const OWN: ToolListing = {
  name: APPROVAL_TOOL,
  description: APPROVAL_DESCRIPTION,
  inputSchema: objectSchema(APPROVAL_INPUT),
  outputSchema: objectSchema(APPROVAL_OUTPUT),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
}

function annotationsOf(tool: CatalogueTool, upstream: boolean): ToolAnnotations {
  const effects = [tool.effect, ...(tool.effectOverrides ?? []).map(({ effect }) => effect)]
  const worst = Math.max(...effects.map((effect) => EFFECTS.indexOf(effect)))
  const readOnly = worst === EFFECTS.indexOf('read')
  return {
    readOnlyHint: readOnly,
    destructiveHint: worst >= EFFECTS.indexOf('delete'),
    idempotentHint: readOnly || tool.facts?.idempotency_key !== undefined,
    openWorldHint: upstream,
  }
}
