import { type Planted, searchFor } from './search.ts'

/** A person who does not exist, and what an ERP may know of her. */
export const PERSON = {
  name: 'Zuleica Quaresma',
  document: '52998224725',
  email: 'zuleica@quaresma.example',
  phone: '11987654321',
} as const

export const RANDOM_KEY = 'f47ac10b-58cc-4372-a567-0e02b2c3d479'
/** Her company's, with letters. */
export const CNPJ = 'QX7ZT2K400KM08'
export const LINK = 'https://nota.quaresma.example/danfe/8842170031'

/** As a clerk writes it into the notes of a bill. */
export const NOTE =
  'Pagar CPF 529.982.247-25, chave pix f47ac10b-58cc-4372-a567-0e02b2c3d479, (11) 98765-4321, ZULEICA@quaresma.example, Itaú ag 4321 cc 98765-4'

/** A key of each of the five kinds, and where her invoice can be read by whoever has the address. */
export const KEYS: string = [
  'chave pix 52998224725',
  'pix zuleica@quaresma.example',
  'pix +5511987654321',
  'pix QX.7ZT.2K4/00KM-08',
  `chave aleatória ${RANDOM_KEY}`,
  `nota ${LINK}`,
].join('; ')

/** What may stand in nothing that somebody gets to see who may not see it. */
export const PLANTED: readonly Planted[] = [
  { what: 'name', value: PERSON.name, as: 'words' },
  { what: 'CPF', value: PERSON.document, as: 'number' },
  { what: 'alphanumeric CNPJ', value: CNPJ, as: 'number' },
  { what: 'e-mail', value: 'zuleica@quaresma', as: 'words' },
  { what: 'telephone', value: PERSON.phone, as: 'number' },
  { what: 'random PIX key', value: RANDOM_KEY.replaceAll('-', ''), as: 'number' },
  { what: 'account', value: '987654', as: 'number' },
  { what: 'branch', value: 'ag 4321', as: 'words' },
  { what: 'document link', value: '8842170031', as: 'number' },
]

/** Names of what stands in a text that must not. */
export const plantedIn: (text: string) => string[] = searchFor(PLANTED)
