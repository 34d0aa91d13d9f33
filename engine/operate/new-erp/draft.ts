import { ENTITIES } from '../../contract/vocabulary.ts'
import { authPlan } from './auth.ts'
import { decisionsFile } from './files/decisions-file.ts'
import { erpFile } from './files/erp-file.ts'
import { policyFiles } from './files/policy-files.ts'
import { readmeFile } from './files/readme-file.ts'
import { regoFiles } from './files/rego-files.ts'
import { toolsFile } from './files/tools-file.ts'
import { type Description, isPart } from './openapi/document.ts'
import { called } from './openapi/fields.ts'
import { type Imported, importDescription } from './openapi/import.ts'
import { leavesOf } from './openapi/schema.ts'
import type { NewErp } from './request.ts'
import { standInFor } from './stand-in.ts'
import { usualDescription } from './usual.ts'
import { yamlText } from './yaml-text.ts'

export interface Draft {
  /** Path from the project's root → text. */
  files: Record<string, string>
  imported: Imported
}

/** Everything of a new ERP, and nothing written yet. */
export function draftErp(erp: NewErp): Draft {
  const inBody = erp.authType === 'body'
  const description = erp.description ?? usualDescription(inBody)
  const imported = importDescription(description, inBody)
  const plan = authPlan(erp.authType, erp.apiUrl, erp.description)
  const parties = ['customer', 'vendor'].filter((entity) =>
    imported.tools.some(({ name }) => name === `get_${ENTITIES[entity]}_list`),
  )
  const folder = { erp: `erps/${erp.name}`, policy: `policies/${erp.name}` }
  const policy = {
    ...policyFiles(erp, parties),
    'decisions.yaml': decisionsFile(erp, imported),
    ...regoFiles(erp.name),
  }
  const standIn = `# What answers for ${erp.title} on loopback: \`alcada up\`, \`verify-erp\` and \`load-test\` start it.\n`
  return {
    files: {
      [`${folder.erp}/erp.yaml`]: erpFile(erp, plan, imported, messageAt(description)),
      [`${folder.erp}/tools.yaml`]: toolsFile(erp, imported),
      [`${folder.erp}/README.md`]: readmeFile(erp, plan, imported),
      [`${folder.erp}/sandbox/stand-in.yaml`]: standIn + yamlText(standInFor(description, imported)),
      ...Object.fromEntries(Object.entries(policy).map(([name, text]) => [`${folder.policy}/${name}`, text])),
    },
    imported,
  }
}

const ERROR_WORDS = [
  'message',
  'error message',
  'mensagem',
  'erro mensagem',
  'erro descricao',
  'error description',
  'description',
  'detail',
  'error',
]

/** Where the description has the words of an error. Default `/message`. */
function messageAt(description: Description): string {
  const { paths } = description.root
  for (const item of isPart(paths) ? Object.values(paths) : []) {
    for (const operation of Object.values(description.follow(item))) {
      const responses = isPart(operation) ? operation['responses'] : undefined
      const bad = isPart(responses) ? description.follow(responses['400'] ?? responses['422'] ?? responses['404']) : {}
      const content = isPart(bad['content']) ? Object.values(bad['content'])[0] : undefined
      const leaf = isPart(content) ? called(leavesOf(description, content['schema']), ERROR_WORDS) : undefined
      if (leaf !== undefined) return leaf.pointer
    }
  }
  return '/message'
}
