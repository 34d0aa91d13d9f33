import { BUNDLE_FILES } from '../contract/bundle-claims.ts'
import { canonicalText, opaText } from '../contract/canonical.ts'

const TEXT_OF: ReadonlyMap<string, (value: unknown) => string> = new Map([
  [BUNDLE_FILES.data, opaText],
  [BUNDLE_FILES.manifest, opaText],
  [BUNDLE_FILES.catalogue, canonicalText],
  [BUNDLE_FILES.canaries, canonicalText],
])

/**
 * Brings the JSON files of an unsigned bundle to the one text a server accepts (`opa build` spells them its own way).
 * Doing it twice changes nothing.
 * @throws SyntaxError when one of them is no JSON
 */
export function canonicalFiles(files: ReadonlyMap<string, Uint8Array>): Map<string, Uint8Array> {
  return new Map([...files].map(([name, content]) => [name, canonical(name, content)]))
}

function canonical(name: string, content: Uint8Array): Uint8Array {
  const textOf = TEXT_OF.get(name)
  if (textOf === undefined) return content
  return new TextEncoder().encode(textOf(JSON.parse(Buffer.from(content).toString('utf8'))))
}
