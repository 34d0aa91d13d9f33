import { posix } from 'node:path'

export type Import = {
  /** As written: `./x.ts`, `node:fs`, `yaml`. */
  specifier: string
  /** Path from the top for one of ours, otherwise null. */
  target: string | null
  typesOnly: boolean
}

const statement = /^[ \t]*(import|export)\b([^'"`;=()]*?)\bfrom\s*['"]([^'"]+)['"]/gm
const bare = /^[ \t]*import\s*['"]([^'"]+)['"]/gm
const called = /\b(?:import|require|import\.meta\.resolve)\s*\(\s*['"]([^'"]+)['"]/g
// A worker thread or a child's program is an import by another name.
const located = /\bnew\s+URL\s*\(\s*['"](\.[^'"]+\.(?:ts|js|mjs))['"]\s*,\s*import\.meta\.url/g

/** Every import of a module's text. Comments do not start a line with `import`, so the text is read as it is. */
export function importsOf(path: string, text: string): Import[] {
  const found: Import[] = []
  for (const [, , clause = '', specifier = ''] of text.matchAll(statement)) {
    found.push({ specifier, target: targetOf(path, specifier), typesOnly: isTypesOnly(clause) })
  }
  for (const pattern of [bare, called, located]) {
    for (const [, specifier = ''] of text.matchAll(pattern)) {
      found.push({ specifier, target: targetOf(path, specifier), typesOnly: false })
    }
  }
  return found
}

export function reexports(text: string): boolean {
  return [...text.matchAll(statement)].some(([, keyword]) => keyword === 'export')
}

/** `import(name)` hides what it imports from everybody who reads, this test included. */
export function hasHiddenImport(text: string): boolean {
  return /(?<![.\w])import\s*\(\s*[^'"\s)]/.test(text)
}

function targetOf(path: string, specifier: string): string | null {
  return specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(path), specifier)) : null
}

/** `import type { A }`, `import { type A, type B }`, but not `import { type A, b }` and not `import {}`. */
function isTypesOnly(clause: string): boolean {
  const words = clause.trim()
  if (/^type\b/.test(words)) return true
  const names = /^\{([^}]*)\}$/
    .exec(words)?.[1]
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  return names !== undefined && names.length > 0 && names.every((name) => name.startsWith('type '))
}
