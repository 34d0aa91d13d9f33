import { Ajv } from 'ajv'
import type { DeployEvent } from '../contract/deploy-event.ts'
import { having, TEXT } from './answer-shape.ts'
import { type OpsClientOptions, opsClient } from './ops-client.ts'

const isEntry = new Ajv().compile<{ entry: string }>(having({ entry: TEXT }))

/** Has one server write an entry of its ledger on a deploy. @returns its name. Throws AccessError OPS_UNREACHABLE, OPS_REFUSED. */
export async function tellDeploy(options: OpsClientOptions, event: DeployEvent): Promise<string> {
  return (await opsClient(options)(isEntry, 'POST', '/deploys', event)).entry
}
