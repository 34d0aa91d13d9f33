import type { AuthPlan } from '../auth.ts'
import type { Imported } from '../openapi/import.ts'
import type { NewErp } from '../request.ts'

/** `erps/<erp>/README.md`: what is known of the API, where it comes from, and what is left to do. */
export function readmeFile(
  { name, title, apiUrl, authType, description }: NewErp,
  plan: AuthPlan,
  imported: Imported,
): string {
  const info = description?.follow(description.root['info'])
  const source =
    description === null
      ? 'Nothing here comes from the documentation of this ERP: paths and fields are those that most APIs have. Put in its own.'
      : `Proposed from the OpenAPI description \`${wordsOf(info?.['title']) || title}\` ${wordsOf(info?.['version'])}`.trimEnd() +
        '.'
  return `# ${title}

${source}

| | |
|---|---|
| address | \`${apiUrl}\` |
| authentication | ${authType}: ${plan.review} |
| credential of a company | ${[...plan.credentials.secret, ...(plan.credentials.plain ?? [])].map((each) => `\`${each}\``).join(', ')} |

## Until it is used

1. Compare \`erp.yaml\` with the documentation: authentication, errors, limits.
2. Compare each tool in \`tools.yaml\` with it, and take its \`review\` away; \`alcada check ${name}\` names those that still have one.
   Does an update keep what is left out? Does a list tell of a next page? What does an amount include?
3. Put records as the ERP has them into \`sandbox/stand-in.yaml\`, and try the tools out: \`npm start -- ${name}\`, \`alcada verify-erp ${name}\`.
4. Say who may do what: \`policies/${name}\`. Nobody has more than reads until an effect leaves \`forbidden_effects\`.
5. \`alcada credentials\` seals the credential of each company.

## Tools

| tool | from | to look at |
|---|---|---|
${imported.tools.map(({ name: tool, proposal: { operation }, notes }) => row([`\`${tool}\``, `${operation.method} ${operation.path}`, notes.join('; ')])).join('\n')}
${leftOut(imported)}
## Quirks and their sources

What the documentation does not say, or says otherwise than the API does, with where it was seen.
`
}

function leftOut({ left }: Imported): string {
  if (left.length === 0) return ''
  const rows = left.map(({ operation, reason }) => row([`${operation.method} ${operation.path}`, reason]))
  return `\n## What became no tool\n\n| operation | because |\n|---|---|\n${rows.join('\n')}\n`
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\\\|')).join(' | ')} |`
}

/** On one line, and no Markdown of theirs. */
function wordsOf(value: unknown): string {
  return typeof value === 'string'
    ? value
        .replace(/[^\p{L}\p{N}.,:()/ -]+/gu, ' ')
        .trim()
        .slice(0, 100)
    : ''
}
