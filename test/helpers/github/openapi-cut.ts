import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// Cuts what is used here, with all it refers to, out of GitHub's own description of its REST API. Made anew with
//
//     npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-23.0.2.tgz package
//     node test/helpers/github/openapi-cut.ts package test/fixtures/github-openapi.json

const SOURCE = '@octokit/openapi 23.0.2, cut to some operations, without texts'

const OPERATIONS = `
  actions/get-github-actions-default-workflow-permissions-repository apps/get-by-slug checks/create checks/list-for-ref
  git/get-ref issues/add-labels issues/create issues/create-comment issues/create-label issues/delete-comment issues/get
  issues/get-label issues/list-comments issues/list-for-repo issues/remove-label issues/update issues/update-comment
  pulls/create pulls/create-review pulls/get pulls/list pulls/list-commits pulls/list-files pulls/list-reviews
  pulls/merge pulls/update repos/codeowners-errors repos/create-commit-status repos/create-or-update-file-contents
  repos/create-repo-ruleset repos/get repos/get-branch repos/get-branch-protection repos/get-branch-rules
  repos/get-collaborator-permission-level repos/get-combined-status-for-ref repos/get-commit repos/get-content
  repos/get-repo-ruleset repos/get-repo-rulesets repos/list-collaborators repos/list-commit-statuses-for-ref repos/list-commits
  repos/list-pull-requests-associated-with-commit repos/update-repo-ruleset users/get-authenticated
`

interface Description {
  openapi: string
  info: object
  paths: Record<string, Record<string, { operationId?: string }>>
  components: Record<string, Record<string, unknown>>
}

const [from = '', to = ''] = process.argv.slice(2)
const whole: Description = JSON.parse(readFileSync(join(from, 'generated/api.github.com.json'), 'utf8'))
const wanted = new Set(OPERATIONS.trim().split(/\s+/))
const paths: Description['paths'] = {}
for (const [path, item] of Object.entries(whole.paths)) {
  for (const [verb, operation] of Object.entries(item)) {
    if (operation.operationId === undefined || !wanted.delete(operation.operationId)) continue
    paths[path] = {
      ...paths[path],
      ...(item['parameters'] ? { parameters: item['parameters'] } : {}),
      [verb]: operation,
    }
  }
}
if (wanted.size > 0) throw new Error(`not in the description: ${[...wanted].join(', ')}`)

const components: Description['components'] = {}
const TEXTS = new Set(['description', 'title', 'summary', 'examples', 'example', 'x-github', 'externalDocs', 'tags'])

/** A part without its texts; what it refers to comes along. `names`: its keys are names, not keywords. */
function cut(node: unknown, names = false): unknown {
  if (Array.isArray(node)) return node.map((item) => cut(item))
  if (typeof node !== 'object' || node === null) return node
  const kept: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(node)) {
    if (names || !TEXTS.has(key)) kept[key] = key === 'enum' ? value : cut(value, !names && key === 'properties')
    if (key === '$ref' && typeof value === 'string') follow(value)
  }
  return kept
}

function follow(reference: string): void {
  const [kind = '', name = ''] = reference.split('/').slice(2)
  if (components[kind]?.[name] !== undefined) return
  const group = components[kind] ?? {}
  components[kind] = group
  group[name] = true
  group[name] = cut(whole.components[kind]?.[name])
}

// Its licence asks for its text.
const info = { ...whole.info, description: SOURCE, 'x-licence': readFileSync(join(from, 'LICENSE'), 'utf8') }
const described = { openapi: whole.openapi, info, paths: cut(paths), components }
writeFileSync(to, `${JSON.stringify(described)}\n`)
