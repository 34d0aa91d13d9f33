import type { DecisionInput } from '../../engine/contract/decision-input.ts'
import type { Redactor } from '../credentials/redactor.ts'
import type { NoticeSender } from '../ops/notice-sender.ts'
import type { CallEvent } from '../request/call.ts'
import type { RequestHandler } from '../request/handler.ts'
import type { Approvals } from '../state/approvals.ts'
import type { State } from '../state/state.ts'

/**
 * Every way by which something leaves this server or stays behind it, without what is known to be secret. What is
 * written over HTTP or stdio passes `text` once more, whoever wrote it: mcp/outgoing.ts. Logs: wiring/log.ts.
 */
export interface WaysOut {
  /** Bodies and headers of both listeners, lines on stdout. */
  text(text: string): string
  /** The ledger, requests for approval, and what is read of them for the decision log. */
  state(state: State): State
  answers(handler: RequestHandler): RequestHandler
  /** Of calls, to metrics, console and log: a caller chooses the name of the tool. */
  event(event: CallEvent): CallEvent
  notices(send: NoticeSender): NoticeSender
}

export function waysOut({ text, value }: Redactor): WaysOut {
  // Who called stays as the token says it, or an entry could not be replayed.
  const input = <Input extends DecisionInput | null>(given: Input): Input =>
    given === null ? given : { ...given, args: value(given.args), facts: value(given.facts) }

  // What is sealed stays as it is, or another call would be made than was approved. Those who look see no secret.
  const approvalsOf = (approvals: Approvals): Approvals => ({
    ...approvals,
    ask: (ask) => approvals.ask({ ...ask, input: input(ask.input) }),
    async view(id, who) {
      const call = await approvals.view(id, who)
      return who === null || call === null ? call : { ...value(call), identity: call.identity }
    },
    decide: (id, approver, who, verdict) => approvals.decide(id, approver, who, value(verdict)),
    end: (id, reason) => approvals.end(id, text(reason)),
  })

  return {
    text,
    state: (state) => ({
      ...state,
      // Of a call the arguments are told by its input; here they only make a keyed digest, which tells nothing.
      open: (entry) =>
        state.open({
          ...entry,
          args: entry.input === null ? value(entry.args) : entry.args,
          input: input(entry.input),
        }),
      close: (entry, closed) => state.close(entry, { ...closed, outcome: value(closed.outcome) }),
      record: ({ input: asked, caller, ...entry }) => state.record({ ...value(entry), caller, input: input(asked) }),
      // A value may have become a secret after it was written.
      entries: async (from, to) => value(await state.entries(from, to)),
      approvals: approvalsOf(state.approvals),
      overlays: {
        ...state.overlays,
        take: (signed) => state.overlays.take({ ...signed, overlay: value(signed.overlay) }),
        make: (overlay, who) => state.overlays.make(value(overlay), who),
      },
    }),
    answers: (handler) => ({
      ...handler,
      async call(incoming) {
        const answer = await handler.call(incoming)
        // The ERP's client has looked through a result, and the way out does.
        return answer.kind === 'result' ? answer : value(answer)
      },
    }),
    event: value,
    notices:
      (send) =>
      (channel, { subject, text: words }) =>
        send(channel, { subject: text(subject), text: text(words) }),
  }
}
