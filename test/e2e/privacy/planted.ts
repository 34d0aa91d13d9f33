/** A person who does not exist, and what an ERP may know of her. */
export const PERSON = {
  name: 'Zuleica Quaresma',
  document: '52998224725',
  email: 'zuleica@quaresma.example',
  phone: '11987654321',
} as const

export const RANDOM_KEY = 'f47ac10b-58cc-4372-a567-0e02b2c3d479'

/** As a clerk writes it into the notes of a bill. */
export const NOTE =
  'Pagar CPF 529.982.247-25, chave pix f47ac10b-58cc-4372-a567-0e02b2c3d479, (11) 98765-4321, ZULEICA@quaresma.example, Itaú ag 4321 cc 98765-4'

/** What may stand in nothing that somebody gets to see who may not see it. */
const FORMS: Readonly<Record<string, RegExp>> = {
  name: /zuleica\s+quaresma/i,
  CPF: /529\.?982\.?247-?25/,
  'e-mail': /zuleica@quaresma/i,
  telephone: /98765-?4321/,
  'random PIX key': /f47ac10b-?58cc/i,
  account: /98765-4\b/,
  branch: /ag 4321/i,
}

/** Names of what stands in a text that must not. */
export function plantedIn(text: string): string[] {
  return Object.entries(FORMS).flatMap(([name, form]) => (form.test(text) ? [name] : []))
}
