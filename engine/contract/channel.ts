/** Where an ERP's bundle stands in a folder channel, from the channel's root. The same in a folder that `build` wrote. */
export function channelPath(erp: string): string {
  return `${erp}/bundle.tar.gz`
}

/** Where a bundle stands that is decided beside the one in force, and never acts. */
export function candidatePath(erp: string): string {
  return `${erp}/candidate.tar.gz`
}

/** Where a registry keeps the decision log of an ERP that is to be replayed: JSON lines, gzip. */
export function decisionsPath(erp: string): string {
  return `${erp}/decisions.jsonl.gz`
}

/** Where the emergency narrowings of an ERP stand, beside its bundle. */
export function overlaysPath(erp: string): string {
  return `${erp}/overlays.json`
}

/** Where the bundle of one revision is kept for a rollback, in the channel too: it never changes. */
export function revisionPath(erp: string, revision: number): string {
  return `${erp}/bundle-${revision}.tar.gz`
}
