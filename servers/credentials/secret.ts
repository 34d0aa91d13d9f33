/** A value that cannot be printed by accident: text and JSON show `[secret]`, console and inspect nothing of it. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself, for the request that needs it and nothing else. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }
}

/** The text of a credential value, secret or plain. */
export function revealed(value: Secret | string): string {
  return typeof value === 'string' ? value : value.reveal()
}
