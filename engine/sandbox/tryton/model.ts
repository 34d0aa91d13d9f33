/** One field of a model. `set` is a one-to-many (with `inverse`) or a many-to-many (without). */
export type Field =
  | { kind: 'char' | 'integer' | 'boolean' | 'date'; label: string; required?: true }
  | { kind: 'numeric'; label: string; required?: true; decimals: number }
  | { kind: 'selection'; label: string; required?: true; options: readonly (string | null)[] }
  | { kind: 'reference'; label: string; required?: true; target: string; sameCompany?: true }
  | { kind: 'set'; label: string; target: string; inverse?: string }
  | { kind: 'computed'; label: string; target?: string }

export interface Model {
  label: string
  fields: Readonly<Record<string, Field>>
  /** Order of a search that names none. */
  order: readonly (readonly [string, 'ASC' | 'DESC'])[]
  /** What each group may do, of `rwcd`; `*` is everybody. A model without it is open to all. */
  access?: Readonly<Record<string, string>>
  /** Field that says whose a record is; records of other companies are out of sight. */
  company?: string
  /** Buttons, by the group that may press them. */
  buttons?: Readonly<Record<string, string>>
}

export const char = (label: string): Field => ({ kind: 'char', label })
export const needed = (label: string): Field => ({ kind: 'char', label, required: true })
export const flag = (label: string): Field => ({ kind: 'boolean', label })
export const to = (label: string, target: string): Field => ({ kind: 'reference', label, target })
export const computed = (label: string, target?: string): Field => ({
  kind: 'computed',
  label,
  ...(target && { target }),
})
export const money = (label: string): Field => ({ kind: 'numeric', label, required: true, decimals: 2 })
export const company: Field = { kind: 'reference', label: 'Company', target: 'company.company', required: true }
export const people: Readonly<Record<string, Field>> = {
  create_uid: to('Create User', 'res.user'),
  write_uid: to('Write User', 'res.user'),
}
