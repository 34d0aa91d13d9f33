import { isCalled, isCut, isSplit, type Run } from './atoms.ts'
import type { Shape } from './shape.ts'

// Area codes in use (Anatel, Plano Geral de Códigos Nacionais).
const AREAS = new Set(
  (
    '11 12 13 14 15 16 17 18 19 21 22 24 27 28 31 32 33 34 35 37 38 41 42 43 44 45 46 47 48 49 51 53 54 55 61 62 63 ' +
    '64 65 66 67 68 69 71 73 74 75 77 79 81 82 83 84 85 86 87 88 89 91 92 93 94 95 96 97 98 99'
  ).split(' '),
)

/** A telephone number as it is written in Brazil, or of any country behind a plus sign; null where it is none. */
export function phoneIn(run: Run): Shape | null {
  const { text, gaps } = run
  if (!/^[0-9]{8,15}$/.test(text)) return null
  const called = isCalled(run, 'phone', 16)
  const plus = gaps[0]?.endsWith('+') === true
  const national = nationalOf(text)
  if (national === null) {
    const abroad = plus && text.length >= 8 && !text.startsWith('0')
    const local = called && (isMobile(text) || /^[2-9][0-9]{7}$/.test(text))
    return abroad || local ? { shape: 'phone', value: text } : null
  }
  const found: Shape = { shape: 'phone', value: national.number }
  if (called || (plus && text.startsWith('55')) || text.startsWith('0055')) return found
  if (run.partial) return null
  if (isInBrackets(run)) return found
  const mobile = national.number.length === 11
  if (mobile && isSplit(run)) return found
  return isGrouped(run, mobile) ? found : null
}

/** Area code and number, out of `+55 11 …`, `0055 …`, `011 …` and `0 15 11 …`; null where it is no such number. */
function nationalOf(text: string): { number: string } | null {
  const forms = [text]
  if (text.startsWith('0055')) forms.push(text.slice(4))
  if (text.startsWith('55')) forms.push(text.slice(2))
  if (text.startsWith('0')) forms.push(text.slice(1), text.slice(3))
  const number = forms.find((form) => AREAS.has(form.slice(0, 2)) && isLocal(form.slice(2)))
  return number === undefined ? null : { number }
}

function isLocal(number: string): boolean {
  return isMobile(number) || /^[2-5][0-9]{7}$/.test(number)
}

function isMobile(number: string): boolean {
  return /^9[0-9]{8}$/.test(number)
}

/** `(11) …` */
function isInBrackets({ gaps, sizes }: Run): boolean {
  return gaps.some((gap, index) => gap.includes('(') && gaps[index + 1]?.includes(')') === true && isArea(sizes[index]))
}

function isArea(size: number | undefined): boolean {
  return size === 2 || size === 3
}

/** The parts are those of a telephone number, and not of a date, an amount or an order. */
function isGrouped(run: Run, mobile: boolean): boolean {
  const { sizes, gaps } = run
  const last = gaps.at(-1) ?? ''
  if (mobile && (isCut(run, 11) || isCut(run, 2, 9) || isCut(run, 3, 9))) return true
  if (mobile && (isCut(run, 13) || isCut(run, 2, 11) || isCut(run, 2, 2, 9))) return true
  const tail = sizes.at(-1) === 4 && (sizes.at(-2) === 4 || sizes.at(-2) === 5)
  if (isCut(run, 7, 4) || isCut(run, 6, 4)) return last === '-'
  if (!tail || sizes.length < 3) return false
  // `11 3333-4444`; without the dash it may be anything.
  return mobile || last.includes('-')
}
