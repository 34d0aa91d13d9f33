/** 3 to 500 characters without control characters; null otherwise. */
export function reasonOf(text: string): string | null {
  const reason = text.replace(/\p{Cc}+/gu, ' ').trim()
  return reason.length >= 3 && reason.length <= 500 ? reason : null
}
