import { Ajv, type ValidateFunction } from 'ajv'
import type { StopTold } from '../contract/stop-told.ts'
import { having, listOf, TEXT } from './answer-shape.ts'
import { type OpsClientOptions, opsClient } from './ops-client.ts'

/** Asks one server's operations listener about its emergency stops. */
export interface StopsClient {
  list(): Promise<StopTold[]>
  /** asked: another person has to agree. */
  end(id: string): Promise<StopEndTold>
}

export interface StopEndTold {
  state: 'asked' | 'ended'
  /** Of the ledger. */
  entry: string
}

const TEXTS = listOf(TEXT)
const NAMED = { callers: TEXTS, persons: TEXTS, tools: TEXTS, roles: TEXTS, effects: TEXTS, companies: TEXTS }
const STOP = having({
  id: TEXT,
  stops: having({ ...NAMED, all: { type: 'boolean' } }),
  companies: { anyOf: [TEXTS, { type: 'null' }] },
  from: TEXT,
  until: TEXT,
  reason: TEXT,
  by: TEXT,
  end_asked_by: TEXTS,
})

const ajv = new Ajv({ allowUnionTypes: true })
const isList: ValidateFunction<{ stops: StopTold[] }> = ajv.compile<{ stops: StopTold[] }>(
  having({ stops: listOf(STOP) }),
)
const isEnd: ValidateFunction<StopEndTold> = ajv.compile<StopEndTold>(
  having({ state: { enum: ['asked', 'ended'] }, entry: TEXT }),
)

/** Every method throws AccessError OPS_UNREACHABLE or OPS_REFUSED, with the server's own words. */
export function stopsClient(options: OpsClientOptions): StopsClient {
  const ask = opsClient(options)
  return {
    list: async () => (await ask(isList, 'GET', '/stops')).stops,
    end: (id) => ask(isEnd, 'POST', `/stops/${encodeURIComponent(id)}/end`),
  }
}
