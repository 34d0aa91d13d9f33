import type { Approver } from '../identity/approver.ts'
import { NoApprover } from '../ops/approver-route.ts'
import type { Session, Sessions } from '../ops/console/session.ts'
import type { Stops } from './stops.ts'

type Judge = Pick<Stops, 'approver'>

/** The approver with the roles that still count. Throws NoApprover (403) where the person is stopped. */
export function standingApprover(stops: Judge, approver: Approver): Approver {
  const standing = stops.approver(approver)
  if (standing === null)
    throw new NoApprover('revoked', 'nothing of this person counts now: an emergency stop holds', 403)
  return standing
}

/** Sessions of persons who are not stopped; one that is open already ends. */
export function onlyStanding(sessions: Sessions, stops: Judge): Sessions {
  return {
    ...sessions,
    async signIn(code) {
      const signed = await sessions.signIn(code)
      return signed === null || stops.approver(signed.approver) === null ? null : signed
    },
    async read(value) {
      const session: Session | null = await sessions.read(value)
      const approver = session === null ? null : stops.approver(session.approver)
      return session === null || approver === null ? null : { ...session, approver }
    },
  }
}
