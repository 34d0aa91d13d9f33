import { type StopsClient, stopsClient } from '../access/stops-client.ts'
import type { StopTold } from '../contract/stop-told.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { tokenIn } from './token-file.ts'

export interface StopsOptions {
  /** Of the stop to end; null: all are listed. */
  id: string | null
  tokenFile: string
  ops: string
  format: 'text' | 'json'
}

/** `alcada stops …`: a client of the operations listener, for where no console is reached. */
export async function stopsVerb({ id, tokenFile, ops, format }: StopsOptions): Promise<ExitCode> {
  const client = stopsClient({ ops, token: await tokenIn(tokenFile) })
  const { json, said } = id === null ? await list(client) : await end(client, id)
  process.stdout.write(format === 'json' ? `${JSON.stringify(json)}\n` : said)
  return EXIT.done
}

async function list(client: StopsClient): Promise<{ json: object; said: string }> {
  const stops = await client.list()
  return { json: { stops }, said: stops.length === 0 ? 'nothing is stopped\n' : stops.map(inWords).join('') }
}

async function end(client: StopsClient, id: string): Promise<{ json: object; said: string }> {
  const ended = await client.end(id)
  const what = ended.state === 'ended' ? 'has ended' : 'ends once another person asks for it too'
  return { json: { id, ...ended }, said: `stop ${id} ${what}  ledger entry ${ended.entry}\n` }
}

function inWords({
  id,
  stops: { all, ...lists },
  companies,
  until,
  reason,
  by,
  end_asked_by: asked,
}: StopTold): string {
  const named = Object.entries(lists).filter(([, names]) => names.length > 0)
  const what = [...(all ? ['everything'] : []), ...named.map(([kind, names]) => `${kind} ${names.join(', ')}`)]
  const only = companies === null ? '' : `, for ${companies.join(', ')} alone`
  const ending = asked.length === 0 ? '' : `  ${asked.join(', ')} asked for its end; it takes another person\n`
  return `${id}  ${what.join('; ')}${only}, until ${until}, by ${by}: ${reason}\n${ending}`
}
