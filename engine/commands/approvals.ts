import { type ApprovalsClient, approvalsClient } from '../access/approvals-client.ts'
import type { ApprovalTold } from '../contract/approval-told.ts'
import { approvalLine, approvalText } from '../report/approvals.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { tokenIn } from './token-file.ts'

export type ApprovalVerb = 'login' | 'list' | 'show' | 'approve' | 'reject'

export interface ApprovalsOptions {
  verb: ApprovalVerb
  /** Of the request; empty where the verb takes none. */
  id: string
  tokenFile: string
  ops: string
  lang: 'pt' | 'en'
  reason?: string
  format: 'text' | 'json'
}

/** `alcada approvals …`: a client of the operations listener; it never opens the state. */
export async function approvalsVerb(options: ApprovalsOptions): Promise<ExitCode> {
  const { ops, lang: language, tokenFile, format } = options
  const token = await tokenIn(tokenFile)
  const { json, said } = await ask(approvalsClient({ ops, token, language }), options)
  process.stdout.write(format === 'json' ? `${JSON.stringify(json)}\n` : said)
  return EXIT.done
}

async function ask(
  client: ApprovalsClient,
  { verb, id, reason = '' }: ApprovalsOptions,
): Promise<{ json: object; said: string }> {
  switch (verb) {
    case 'login': {
      const link = await client.login()
      return { json: link, said: `${link.url}\n` }
    }
    case 'list': {
      const approvals = await client.list()
      const said = approvals.length === 0 ? 'nothing waits\n' : approvals.map(approvalLine).join('')
      return { json: { approvals }, said }
    }
    case 'show': {
      const shown = await client.show(id)
      return { json: shown, said: approvalText(shown.approval, shown.call) }
    }
    case 'approve':
      return decided(await client.approve(id))
    case 'reject':
      return decided(await client.reject(id, reason))
  }
}

function decided(answer: { approval: ApprovalTold; entry: string }): { json: object; said: string } {
  return { json: answer, said: `${approvalLine(answer.approval)}  ledger entry ${answer.entry}\n` }
}
