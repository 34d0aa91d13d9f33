import { AccessError } from '../access/access-error.ts'
import { approvalsClient } from '../access/approvals-client.ts'
import type { User } from '../operate/load-test/user.ts'

/** Somebody who looks at what waits for consent and consents to one of it. */
export function approverUser(ops: string, token: string): User {
  const approvals = approvalsClient({ ops, token, language: 'en' })
  let waiting: string[] = []

  return {
    role: 'approver',
    async act() {
      const id = waiting.pop()
      const tool = id === undefined ? 'approvals/list' : 'approvals/approve'
      try {
        if (id !== undefined) await approvals.approve(id)
        else waiting = (await approvals.list()).flatMap((one) => (one.state === 'pending' ? [one.id] : []))
        return { tool, standing: 'success', kind: null }
      } catch (error) {
        // Another approver was faster: what the server refuses here is no failure of it.
        const refused = error instanceof AccessError && error.code === 'OPS_REFUSED'
        return { tool, standing: refused ? 'denied' : 'failed', kind: refused ? 'approval_refused' : 'no_connection' }
      }
    },
    close: async () => undefined,
  }
}
