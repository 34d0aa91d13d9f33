import type { Redactor } from '../credentials/redactor.ts'
import type { RequestHandler } from '../request/handler.ts'

/** Answers without what is known to be secret. Of a result the ERP's client has taken it out already. */
export function withoutSecretsInAnswers(handler: RequestHandler, redactor: Redactor): RequestHandler {
  return {
    ...handler,
    async call(incoming) {
      const answer = await handler.call(incoming)
      return answer.kind === 'result' ? answer : redactor.value(answer)
    },
  }
}
