import { Document } from 'yaml'

/** What fits on a line of the files that people read. */
const WIDTH = 150

type Comments = ReadonlyMap<string, string>

/**
 * A value as YAML 1.2, as our own files are written: `{ a: 1, b: [x, y] }` where it fits on a line, lines below elsewhere.
 * `comments`: JSON Pointer to a key → what stands above it.
 */
export function yamlText(value: object, comments: Comments = new Map()): string {
  return `${blockLines(value, '', comments).join('\n')}\n`
}

function blockLines(value: unknown, pointer: string, comments: Comments): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => {
      if (staysOnLine(item, pointer, 2)) return [`- ${lineText(item)}`]
      const [first = '', ...rest] = blockLines(item, `${pointer}/${index}`, comments)
      return [`- ${first}`, ...rest.map((line) => `  ${line}`)]
    })
  }
  return Object.entries(Object(value)).flatMap(([key, inner]) => {
    const at = `${pointer}/${key}`
    const comment = comments.get(at)
    const above = comment === undefined ? [] : comment.split('\n').map((line) => `# ${line}`)
    const name = scalarText(key)
    if (staysOnLine(inner, pointer, key.length + 2)) return [...above, `${name}: ${lineText(inner)}`]
    return [...above, `${name}:`, ...blockLines(inner, at, comments).map((line) => `  ${line}`)]
  })
}

/** Whether it stands on the line of its key. At the top of a file, what holds further maps is spread out. */
function staysOnLine(value: unknown, pointer: string, before: number): boolean {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return true
  const depth = pointer.split('/').length - 1
  const nested = Object.values(value).some(
    (inner) => typeof inner === 'object' && inner !== null && !Array.isArray(inner),
  )
  return !(depth === 0 && nested) && 2 * depth + before + lineText(value).length <= WIDTH
}

function lineText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(lineText).join(', ')}]`
  if (typeof value !== 'object' || value === null) return scalarText(value)
  const pairs = Object.entries(value).map(([key, inner]) => `${scalarText(key)}: ${lineText(inner)}`)
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`
}

/** With quotes where it needs them inside of `[]` and `{}`. */
function scalarText(value: unknown): string {
  const document = new Document([value], { version: '1.2' })
  Object.assign(Object(document.contents), { flow: true })
  return document.toString({ lineWidth: 0, flowCollectionPadding: false, collectionStyle: 'flow' }).trim().slice(1, -1)
}
