import { permissionOf, stricter } from './permission.ts'
import { readPointer } from './pointer.ts'
import type { ToolMap } from './tool.ts'
import { EFFECTS, type Effect, type Permission } from './vocabulary.ts'

/**
 * The effect a call has with these arguments, and the permission it asks for: declared, and raised by what the
 * arguments say. `base` is the permission the catalogue asks for.
 */
export function effectOf(
  tool: Pick<ToolMap, 'effect' | 'effectOverrides'>,
  base: Permission,
  args: Readonly<Record<string, unknown>>,
): { effect: Effect; permission: Permission } {
  let effect = tool.effect
  let permission = stricter(base, permissionOf(tool.effect))
  for (const override of tool.effectOverrides ?? []) {
    const value = readPointer(args, override.when)
    if (value === undefined) continue
    if (override.equals !== undefined && override.equals !== value) continue
    if (EFFECTS.indexOf(override.effect) > EFFECTS.indexOf(effect)) effect = override.effect
    permission = stricter(permission, stricter(permissionOf(override.effect), override.permission ?? 'read'))
  }
  return { effect, permission }
}
