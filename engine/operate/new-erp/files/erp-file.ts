import type { Erp } from '../../../contract/erp.ts'
import type { AuthPlan } from '../auth.ts'
import type { Imported } from '../openapi/import.ts'
import type { NewErp } from '../request.ts'
import { yamlText } from '../yaml-text.ts'

/** `erps/<erp>/erp.yaml`. `messageAt`: pointer to the words of an error. */
export function erpFile(erp: NewErp, plan: AuthPlan, imported: Imported, messageAt: string): string {
  const comments = new Map([
    ['/connection/auth', `${plan.review}.`],
    [
      '/errors',
      'Compare with the documentation: a wrong kind repeats a write that was done, or hides an error from the agent.',
    ],
    ['/limits', 'A guess on the safe side: put in what the documentation says.'],
  ])
  const head = `# What ${erp.title} is. Each key: ../../engine/contract/erp.ts; what is known of the API: README.md\n`
  return head + yamlText(erpOf(erp, plan, imported, messageAt), comments)
}

function erpOf(erp: NewErp, plan: AuthPlan, imported: Imported, messageAt: string): Erp {
  const hosts = [erp.apiUrl, ...plan.addresses].map((address) => new URL(address).hostname)
  const plain = [...(plan.credentials.plain ?? []), ...new Set(imported.tools.flatMap((tool) => tool.plain))]
  const { secret, granted } = plan.credentials
  const words = { message: messageAt }
  return {
    name: erp.name,
    kind: 'api',
    title: erp.title,
    connection: {
      baseUrl: erp.apiUrl,
      allowedHosts: [...new Set(hosts)],
      timeoutMs: 30_000,
      maxResponseBytes: 5_242_880,
      auth: plan.items,
    },
    credentials: {
      secret,
      ...(plain.length === 0 ? {} : { plain }),
      ...(granted === undefined ? {} : { granted }),
    },
    request: {
      method: erp.authType === 'body' ? 'POST' : 'GET',
      ...(imported.result === '' ? {} : { result: imported.result }),
    },
    errors: [
      { status: [401], kind: 'auth' },
      { status: [403], kind: 'forbidden' },
      { status: [404], kind: 'not_found' },
      { status: [409], kind: 'conflict', ...words },
      {
        status: [429],
        kind: 'rate_limited',
        retryAfter: { header: 'Retry-After', otherwise: 60 },
        waits: 'credential',
      },
      { status: [400, 422], kind: 'validation', ...words },
    ],
    limits: [{ key: ['credential'], max: 3, perMs: 1_000, concurrency: 3, onHit: 'wait' }],
    paging: imported.paging,
  }
}
