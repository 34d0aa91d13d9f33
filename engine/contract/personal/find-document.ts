import { isCnpj } from '../cnpj.ts'
import { isCalled, isCut, isSpelled, isSplit, type Run } from './atoms.ts'
import { isAccessKey, isCpf } from './check-digits.ts'
import type { Shape } from './shape.ts'

/** A CPF, a CNPJ or the access key of a fiscal document, which holds its issuer's CNPJ; null where it is none. */
export function documentIn(run: Run, strict: boolean): Shape | null {
  switch (run.text.length) {
    case 11:
      return isCpfHere(run, strict) ? { shape: 'cpf', value: run.text } : null
    case 14:
      return isCnpjHere(run, strict) ? { shape: 'cnpj', value: run.text } : null
    case 44:
      return isAccessKey(run.text) || (/^[0-9]+$/.test(run.text) && isCalled(run, 'fiscal'))
        ? { shape: 'access_key', value: run.text }
        : null
    default:
      return null
  }
}

function isCpfHere(run: Run, strict: boolean): boolean {
  if (!/^[0-9]{11}$/.test(run.text)) return false
  const [, first, second, third] = run.gaps
  const formatted = isCut(run, 3, 3, 3, 2)
  // Written so it is meant as one, also where somebody mistyped a digit.
  if (formatted && first === '.' && second === '.' && third === '-') return true
  if (isCalled(run, 'document') && (isCpf(run.text) || isCut(run, 11) || formatted)) return true
  if (strict || !isCpf(run.text)) return false
  if (formatted) return !isAddress(run)
  return isCut(run, 11) || isCut(run, 9, 2) || isSpelled(run) || isSplit(run)
}

/** `177.136.100.45`, an address of the internet. */
function isAddress({ text, gaps }: Run): boolean {
  const parts = [text.slice(0, 3), text.slice(3, 6), text.slice(6, 9), text.slice(9)]
  return gaps.slice(1).every((gap) => gap === '.') && parts.every((part) => Number(part) < 256)
}

function isCnpjHere(run: Run, strict: boolean): boolean {
  const { text, gaps } = run
  if (!/^[0-9A-Z]{12}[0-9]{2}$/.test(text)) return false
  const formatted = isCut(run, 2, 3, 3, 4, 2)
  const digits = /^[0-9]+$/.test(text)
  if (formatted && gaps[1] === '.' && gaps[2] === '.' && gaps[3] === '/' && gaps[4] === '-') return true
  const called = isCalled(run, 'document')
  if (called && (isCnpj(text) || (digits && isCut(run, 14)))) return true
  if (strict || !isCnpj(text)) return false
  const spaced = gaps.slice(1).every((gap) => /^ *$/.test(gap))
  // Words of a sentence make such a row of characters by chance.
  if (!digits && (run.written !== text || (spaced && run.sizes.length > 1))) return false
  if (formatted || isSpelled(run) || isSplit(run)) return true
  if (isCut(run, 14)) return !isInstant(text)
  if (isCut(run, 12, 2)) return true
  return (isCut(run, 8, 4, 2) || isCut(run, 8, 6)) && !(spaced && isInstant(text))
}

/** `20261123101500`, year to second. */
function isInstant(text: string): boolean {
  return /^20\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])[0-5]\d[0-5]\d$/.test(text)
}
