/** Whom mail goes to, as people write it. `owners`: whoever answers for the ERP, as owners.yaml says. */
export type Recipients = string[] | 'owners'

/** A way to tell people something, as people write it. */
export type Written<Channel> = Channel extends { type: 'email' }
  ? Omit<Channel, 'recipients'> & { recipients: Recipients }
  : Channel

/** The addresses behind it; none where nobody answers for the ERP, which `checkOwned` refuses. */
export function addressesOf(recipients: Recipients, owners: readonly { email: string }[]): string[] {
  return recipients === 'owners' ? owners.map(({ email }) => email) : recipients
}
