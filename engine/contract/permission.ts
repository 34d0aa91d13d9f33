import { type Effect, PERMISSIONS, type Permission } from './vocabulary.ts'

const BY_EFFECT: Readonly<Record<Effect, Permission>> = {
  read: 'read',
  create: 'write',
  update: 'write',
  settle: 'write',
  delete: 'delete',
  fiscal: 'admin',
}

/** The permission an effect asks for. An undone settlement has the effect `delete`. Source: design, section 3. */
export function permissionOf(effect: Effect): Permission {
  return BY_EFFECT[effect]
}

/** The stricter of two permissions. */
export function stricter(a: Permission, b: Permission): Permission {
  return PERMISSIONS.indexOf(a) >= PERMISSIONS.indexOf(b) ? a : b
}
