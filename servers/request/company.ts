import type { Caller } from '../../engine/contract/decision-input.ts'
import { Refused } from './refused.ts'

export interface Bound {
  caller: Caller
  company: string
  /** Without the argument that names the company: no ERP ever sees it. */
  args: Record<string, unknown>
}

/**
 * For which company the call is made. It comes from the token; a token bound to several names one of them in the
 * argument `company`; a token bound to none can only mean the one company there is.
 * @param held companies whose credentials are held here
 * @throws Refused company_required, company_not_allowed, company_not_served, arguments_invalid
 */
export function bindCompany(caller: Caller, bound: readonly string[], held: readonly string[], given: unknown): Bound {
  const args = argumentsObject(given)
  const boundTo = (company: string, rest: Record<string, unknown>): Bound => {
    // Never another company's credential in its place. An upstream without credentials serves whom the token names.
    if (held.length > 0 && !held.includes(company)) {
      throw new Refused('company_not_served', 'no credential of the company your token is bound to is held here')
    }
    return { caller: { ...caller, company }, company, args: rest }
  }
  if (bound.length > 1) {
    const { company, ...rest } = args
    if (company === undefined) throw needed('expected argument `company`: your token is bound to several')
    if (typeof company !== 'string' || !bound.includes(company)) {
      throw new Refused('company_not_allowed', 'argument `company` is none that your token is bound to', FIELD)
    }
    return boundTo(company, rest)
  }
  const [company] = bound.length === 1 ? bound : held.length === 1 ? held : []
  if (company === undefined) throw needed('your token names no company, and more than one is served here')
  return boundTo(company, args)
}

const FIELD = { field: 'company' }

function needed(message: string): Refused {
  return new Refused('company_required', message, FIELD)
}

function argumentsObject(given: unknown): Record<string, unknown> {
  if (given === undefined) return {}
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return { ...given }
  throw new Refused('arguments_invalid', 'expected the arguments to be an object')
}
