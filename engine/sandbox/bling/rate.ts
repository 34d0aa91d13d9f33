import { dayInBrasilia } from '../row.ts'
import { type BlingFault, tooMany } from './fault.ts'

/** Calls of one account (developer.bling.com.br/limites): of all its applications and routes together. */
const PER_SECOND = 3
const PER_DAY = 120_000

/** Calls of `/oauth/token` from one IP within a minute; one more blocks the IP for an hour (same page). */
const TOKEN_CALLS = 20
const MINUTE = 60_000
const BLOCK = 60 * MINUTE

/** Counts the calls of one account. */
export interface CallRate {
  /** Undefined when one more fits; a refused call is not counted. */
  take(): BlingFault | undefined
}

export function callRate(now: () => number, factor: number): CallRate {
  let recent: number[] = []
  let day = ''
  let today = 0
  return {
    take() {
      const current = dayInBrasilia(now())
      if (current !== day) {
        day = current
        today = 0
      }
      recent = recent.filter((at) => at > now() - 1000)
      if (today >= PER_DAY * factor) return tooMany(PER_DAY * factor, 'day')
      if (recent.length >= PER_SECOND * factor) return tooMany(PER_SECOND * factor, 'second')
      recent.push(now())
      today += 1
      return undefined
    },
  }
}

/** Whether one more call of `/oauth/token` from this IP is let in. */
export type TokenGate = (ip: string) => boolean

export function tokenGate(now: () => number, factor: number): TokenGate {
  const calls = new Map<string, number[]>()
  const blockedUntil = new Map<string, number>()
  return (ip) => {
    if ((blockedUntil.get(ip) ?? 0) > now()) return false
    const recent = [...(calls.get(ip) ?? []).filter((at) => at > now() - MINUTE), now()]
    calls.set(ip, recent)
    if (recent.length <= TOKEN_CALLS * Math.max(1, factor)) return true
    blockedUntil.set(ip, now() + BLOCK)
    return false
  }
}
