import type { SensitiveKind } from '../vocabulary.ts'

/** What a personal value in a text turned out to be, in one way of writing it. */
export interface Shape {
  shape:
    | 'cpf'
    | 'cnpj'
    | 'access_key'
    | 'email'
    | 'phone'
    | 'evp'
    | 'brcode'
    | 'branch'
    | 'account'
    | 'iban'
    | 'boleto'
    | 'link'
  /** Without punctuation: the same value written otherwise has the same. */
  value: string
}

/** Which kind of sensitive value each is. A boleto's line holds the branch and the account it is paid to. */
export const KIND_OF_SHAPE: Readonly<Record<Shape['shape'], SensitiveKind>> = {
  cpf: 'document',
  cnpj: 'document',
  access_key: 'document',
  email: 'email',
  phone: 'phone',
  evp: 'pix',
  brcode: 'pix',
  branch: 'bank',
  account: 'bank',
  iban: 'bank',
  boleto: 'bank',
  link: 'url',
}

/** Where one stands in a text as it was given. */
export interface Span extends Shape {
  start: number
  end: number
  /** It is hidden from whoever may not see one of these: a CPF that is given as a PIX key is both. */
  kinds: readonly SensitiveKind[]
}
