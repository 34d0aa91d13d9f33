import { Ajv } from 'ajv'
import { MAX_OVERLAY_MS, type Stops, stopsOf, stopsSomething } from './overlay.ts'
import { OverlayError } from './overlay-error.ts'
import { EFFECTS } from './vocabulary.ts'

/** What the revocation key signs, and nothing else: a closed list. */
export interface OverlayPayload {
  erp: string
  /** Only ever rises. */
  sequence: number
  /** What it stops; lists that are left out stop nothing. */
  stops: Partial<Stops>
  /** ISO 8601 instants, at most seven days apart. */
  from: string
  until: string
  reason: string
}

/** Characters of the longest reason. */
export const MAX_REASON: number = 500

const NAMES = listOf('^[A-Za-z0-9][A-Za-z0-9._:@/-]{0,127}$')
const INSTANT = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?Z$' }

const isPayload = new Ajv({ strict: true }).compile<OverlayPayload>({
  type: 'object',
  additionalProperties: false,
  required: ['erp', 'sequence', 'stops', 'from', 'until', 'reason'],
  properties: {
    erp: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,62}$' },
    sequence: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    stops: {
      type: 'object',
      additionalProperties: false,
      properties: {
        callers: NAMES,
        persons: NAMES,
        tools: listOf('^[A-Za-z0-9_.-]{1,128}\\*?$'),
        roles: NAMES,
        effects: { type: 'array', minItems: 1, maxItems: 6, uniqueItems: true, items: { enum: EFFECTS } },
        companies: listOf('^[0-9A-Z]{12}[0-9]{2}$'),
        all: { const: true },
      },
    },
    from: INSTANT,
    until: INSTANT,
    reason: { type: 'string', pattern: `^[^\\p{C}]{3,${MAX_REASON}}$` },
  },
})

function listOf(pattern: string): object {
  return { type: 'array', minItems: 1, maxItems: 100, uniqueItems: true, items: { type: 'string', pattern } }
}

/**
 * Brings what was signed, or is to be, into shape.
 * @throws OverlayError OVERLAY_MALFORMED, OVERLAY_PERIOD_WRONG
 */
export function readOverlayPayload(value: unknown): OverlayPayload {
  if (!isPayload(value)) {
    const [first] = isPayload.errors ?? []
    const what = first?.params['additionalProperty'] ?? ''
    const words = `${first?.instancePath ?? ''} ${first?.message ?? 'is wrong'} ${what}`
    throw new OverlayError('OVERLAY_MALFORMED', `the overlay${words}`.trimEnd())
  }
  if (!stopsSomething(stopsOf(value.stops))) throw new OverlayError('OVERLAY_MALFORMED', 'the overlay stops nothing')
  checkPeriod(Date.parse(value.from), Date.parse(value.until))
  return value
}

/**
 * Epoch milliseconds.
 * @throws OverlayError OVERLAY_PERIOD_WRONG
 */
export function checkPeriod(fromMs: number, untilMs: number): void {
  // An instant that is none (month 13) is NaN, which is never less.
  if (fromMs < untilMs && untilMs - fromMs <= MAX_OVERLAY_MS) return
  throw new OverlayError(
    'OVERLAY_PERIOD_WRONG',
    'expected an overlay to end within seven days: what is to last longer takes a pull request',
  )
}
