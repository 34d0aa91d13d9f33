/** A text with more of it at an offset. */
export function inserted(text: string, at: number, more: string): string {
  return text.slice(0, at) + more + text.slice(at)
}
