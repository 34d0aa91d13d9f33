import { expect } from 'vitest'
import { connectCaller, type TestCaller, type Told } from '../../helpers/alcada/caller.ts'
import { type Alcada, AURORA, startAlcada } from '../../helpers/alcada/start.ts'
import type { Books } from './books.ts'

/** A server before a Tryton, and everything that was asked of it. */
export interface Session {
  books: Books
  alcada: Alcada
  /** The agent of that role; one connection each. Default company Padaria Aurora. */
  as(role: string, company?: string | readonly string[]): Promise<TestCaller>
  /** Every call that was made through `as`, in order. */
  made: readonly { tool: string; told: Told }[]
  /** Nothing that stands in the ERP is different after these calls, not even who wrote it last and when. */
  nothingHappens(calls: () => Promise<void>): Promise<void>
  close(): Promise<void>
}

export async function startSession(start: () => Promise<Books>): Promise<Session> {
  const books = await start()
  const alcada = await startAlcada({ erp: 'tryton', upstream: books })
  const callers = new Map<string, Promise<TestCaller>>()
  const made: { tool: string; told: Told }[] = []

  const connect = async (role: string, companies: readonly string[]): Promise<TestCaller> => {
    const token = alcada.token(role, { sub: `agent-${role}`, companies })
    const caller = await connectCaller(alcada.mcp, token, (tool, told) => made.push({ tool, told }))
    return caller
  }
  return {
    books,
    alcada,
    made,
    as(role, company = AURORA) {
      const companies = typeof company === 'string' ? [company] : company
      const key = `${role} ${companies.join(' ')}`
      const caller = callers.get(key) ?? connect(role, companies)
      callers.set(key, caller)
      return caller
    },
    async nothingHappens(calls) {
      const before = books.all()
      await calls()
      expect(books.all()).toEqual(before)
    },
    async close() {
      for (const caller of callers.values()) await (await caller).close()
      await alcada.stop()
      await books.close()
    },
  }
}
