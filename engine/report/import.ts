import { printable } from './printable.ts'

/** What an import did to tools.yaml, as far as it is told. */
export interface ImportTold {
  added: readonly string[]
  changed: readonly { name: string; kept: boolean; now: { description?: string | undefined } }[]
  vanished: readonly string[]
  same: readonly string[]
  refused: readonly { name: string; reason: string }[]
}

/** The import for a person, with what there is to do, or for a program. */
export function formatImport(erp: string, told: ImportTold, format: 'text' | 'json'): string {
  const { added, changed, vanished, same, refused } = told
  if (format === 'json') {
    const names = changed.map(({ name, kept }) => ({ name, kept }))
    return `${JSON.stringify({ erp, added, changed: names, vanished, same, refused })}\n`
  }
  const lines = [
    ...added.map((name) => `added     ${name}: declare its \`effect\` after reviewing it; until then nobody has it`),
    ...changed.flatMap(({ name, kept, now }) => [
      `changed   ${name}: ${kept ? 'the pin alone: your words and schemas stay' : 'words, schemas and pin'}; review what it does now`,
      ...(kept ? [`          it says: ${printable(now.description ?? '')}`] : []),
    ]),
    ...vanished.map((name) => `vanished  ${name}: the upstream has it no more; remove it from tools.yaml`),
    ...refused.map(({ name, reason }) => `refused   ${name}: ${reason}`),
    `${same.length} as before`,
  ]
  return `${lines.join('\n')}\n`
}
