/** An ERP's own words may repeat what it was sent: the secrets are taken out of them. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  // The longest first, since one secret may stand inside another.
  const ordered = [...secrets].sort((a, b) => b.length - a.length)
  return ordered.reduce((clean, secret) => (secret === '' ? clean : clean.replaceAll(secret, '[secret]')), text)
}
