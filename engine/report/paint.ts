export interface Paint {
  red(text: string): string
  yellow(text: string): string
  dim(text: string): string
  strong(text: string): string
}

/** ANSI colours, or none. */
export function painter(colour: boolean): Paint {
  const wrap =
    (on: number, off: number) =>
    (text: string): string =>
      colour ? `\u001b[${on}m${text}\u001b[${off}m` : text
  return { red: wrap(31, 39), yellow: wrap(33, 39), dim: wrap(2, 22), strong: wrap(1, 22) }
}
