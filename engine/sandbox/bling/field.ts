import { centavos, isRow, type Row, textOf } from '../row.ts'
import { type FieldFault, invalid } from './fault.ts'

/** Gathers what is wrong with a body, so that one answer names it all. */
export interface Fields {
  /** The id of a branch `{id}` that must name a known record; 0 where it does not. */
  id(element: string, known: ReadonlyMap<number, unknown>, optional?: boolean): number
  text(element: string): string
  date(element: string): string
  /** A JSON number above zero with at most two decimals. */
  money(element: string): number
  /** `otherwise` where the field is not given. */
  amount(element: string, otherwise: number): number
  fail(element: string, msg: string): void
  /** Throws the answer when anything was wrong. */
  done(): void
}

export function fieldsOf(body: Row, subject: string): Fields {
  const faults: FieldFault[] = []
  const fail = (element: string, msg: string): void => void faults.push({ element, msg })
  return {
    fail,
    id(element, known, optional = false) {
      const branch = body[element]
      const id = isRow(branch) ? Number(branch['id']) : Number.NaN
      // What is not set reads as 0, and may be sent back so.
      if (optional && (branch === undefined || id === 0)) return 0
      if (known.has(id)) return id
      fail(element, `Id de ${element} inválido.`)
      return 0
    },
    text(element) {
      const text = textOf(body[element]).trim()
      if (text === '') fail(element, `O campo ${element} é obrigatório.`)
      return text
    },
    date(element) {
      const text = textOf(body[element])
      const good = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))
      if (!good) fail(element, `O campo ${element} deve ser uma data.`)
      return text
    },
    money(element) {
      const value = body[element]
      if (typeof value === 'number' && centavos(value) > 0 && centavos(value) / 100 === value) return value
      fail(element, `O campo ${element} deve ser maior que zero.`)
      return 0
    },
    amount(element, otherwise) {
      const value = body[element] ?? otherwise
      if (typeof value === 'number' && value >= 0) return value
      fail(element, `O campo ${element} deve ser um número.`)
      return 0
    },
    done() {
      if (faults.length > 0) throw invalid(subject, faults)
    },
  }
}
