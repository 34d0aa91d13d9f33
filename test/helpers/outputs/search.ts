import { decoded } from './decoded.ts'

/** Something that stands somewhere in a test and must not come out elsewhere. */
export interface Planted {
  what: string
  /** A number without punctuation, or words. */
  value: string
  /**
   * number: whatever stands between its characters, and nothing else before or behind. words: in small letters or
   * capitals, whatever spaces. exact: as it is.
   */
  as: 'number' | 'words' | 'exact'
}

/** Names of what is found, each once, in the order they were planted. */
export type Search = (text: string) => string[]

/** Looks for all of it in a text, however it is written and encoded there. */
export function searchFor(planted: readonly Planted[]): Search {
  if (planted.length === 0) return () => []
  const each = planted.map(({ what, ...one }) => ({ what, pattern: new RegExp(patternOf(one), 'iu') }))
  // Nearly every text holds none of it: that is seen at once in its bare characters.
  const any = new RegExp([...new Set(planted.map(({ value }) => bare(value)))].sort().map(RegExp.escape).join('|'))
  return (text) => {
    const texts = decoded(text).filter((one) => any.test(bare(one)))
    if (texts.length === 0) return []
    return [...new Set(each.filter(({ pattern }) => texts.some((one) => pattern.test(one))).map(({ what }) => what))]
  }
}

/** In small letters, without what may stand between two characters of a number or two words. */
function bare(text: string): string {
  return text.toLowerCase().replace(/[\s./\\()+_-]+/g, '')
}

const BETWEEN = '[\\s./\\\\()+_-]{0,3}'

function patternOf({ value, as }: Pick<Planted, 'value' | 'as'>): string {
  if (as === 'exact') return RegExp.escape(value)
  if (as === 'words') return value.split(/\s+/).map(RegExp.escape).join('[\\s+_-]{1,3}')
  const spelled = [...value].map(RegExp.escape).join(BETWEEN)
  // A telephone number may have its country before it, or the nought of a call from afar.
  return `(?<![0-9])(?:(?:00)?55|0)?${BETWEEN}${spelled}(?![0-9])`
}
