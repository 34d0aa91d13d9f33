import { faultQueue } from '../faults.ts'
import { listen, type RawAnswer, type RawCall } from '../listener.ts'
import type { ReceivedCall, StandIn, StandInOptions } from '../stand-in.ts'
import { answerCall, type Desk, readCall } from './desk.ts'
import { isVisible } from './fields.ts'
import { cnpjs, credentialOf, database, filledStore, seedUsers } from './fill.ts'
import { models } from './models.ts'
import { signIn } from './sign-in.ts'

/** `[session] max_attempt` of trytond. */
const maxAttempts = 5

/** A Tryton stand-in: its RPC at `<url>/`, with the seed of `erps/tryton/sandbox` in memory. */
export async function startTrytonStandIn(options: StandInOptions = {}): Promise<TrytonStandIn> {
  const { port, now = Date.now, limitFactor = 1 } = options
  const users = seedUsers()
  const store = filledStore(users)
  const desk: Desk = { database, store, now, signIn: signIn({ users, now, maxAttempts: maxAttempts * limitFactor }) }
  const received: ReceivedCall[] = []
  const faults = faultQueue()

  const answer = async (raw: RawCall): Promise<RawAnswer> => {
    const call = readCall(raw)
    const operation = call.method ?? `${raw.method} ${raw.path}`
    // Before the call is served: it may end its session.
    const company = desk.signIn.companyBehind(raw.headers.authorization)
    const given = await faults.through(operation, () => answerCall(desk, raw, call))
    const status = given.dropConnection === true ? 0 : given.status
    // The parameters of a log-in hold the password.
    const params = operation === 'common.db.login' ? undefined : call.params
    received.push({ operation, company: cnpjOf(company), status, ...(params !== undefined && { params }) })
    return given
  }

  const listener = await listen({ ...(port !== undefined && { port }), answer })
  return {
    erp: 'tryton',
    url: `${listener.url}/${database}`,
    origin: listener.url,
    credentials: Object.fromEntries(cnpjs.map((cnpj) => [cnpj, credentialOf(store, users, cnpj)])),
    passwords: new Map(users.map((user) => [user.login, user.password])),
    received,
    records: (cnpj, kind) => {
      if (!Object.hasOwn(models, kind)) return []
      const view = { store, company: cnpjs.indexOf(cnpj) + 1 }
      const rows = [...store.table(kind).values()].filter((row) => isVisible(view, kind, row))
      return rows.map((row) => structuredClone(row))
    },
    failNext: faults.add,
    close: listener.close,
  }
}

/** What the Tryton stand-in offers beside the others. */
export interface TrytonStandIn extends StandIn {
  /** `url` without the name of the database behind it. */
  origin: string
  /** Password by login, of the accounts with fewer rights too: `reader`, `maker`, `checker`. */
  passwords: ReadonlyMap<string, string>
}

function cnpjOf(company: number | null): string | null {
  return company === null ? null : (cnpjs[company - 1] ?? null)
}
