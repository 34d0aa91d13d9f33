import { PERMISSIONS, type Permission, SENSITIVE_KINDS, type SensitiveKind } from './vocabulary.ts'

export interface Reason {
  /** Stable: `amount_above_alcada`. */
  code: string
  message: string
}

export interface Decision {
  effect: 'allow' | 'deny' | 'require_approval'
  /** Never empty on deny. Sorted by code. */
  reasons: Reason[]
  approval: { count: number; roles: string[] } | null
  /** JSON Pointers into the result's `data`, `*` for every element. */
  mask: { pointer: string; kind: SensitiveKind }[]
  /** The kinds that the caller sees; in texts all others are hidden. Absent in what bundles of before decided: none. */
  clear?: SensitiveKind[]
  permission: Permission
  /** The audit line: GRANTED when a role of the caller holds the permission. */
  granted: boolean
  /** The roles that grant it; none when DENIED. Absent in what bundles of before decided. */
  granted_by?: string[]
}

/** The kinds that are hidden in texts from whom this was decided for. */
export function hiddenKinds({ clear = [] }: Pick<Decision, 'clear'>): ReadonlySet<SensitiveKind> {
  return new Set(SENSITIVE_KINDS.filter((kind) => !clear.includes(kind)))
}

/** What is answered when no decision can be had: a deny with its own reason. */
export function denial(code: string, message: string): Decision {
  return { effect: 'deny', reasons: [{ code, message }], approval: null, mask: [], permission: 'admin', granted: false }
}

/**
 * Brings what came out of a policy into a decision. Anything but the exact shape is a deny `decision_malformed`:
 * an answer counts as allow only when its whole shape is right.
 */
export function readDecision(value: unknown): Decision {
  if (value === undefined) return denial('decision_undefined', 'the policy gave no decision')
  if (!isRecord(value)) return malformed()
  const { effect, reasons, approval, mask, permission, granted, granted_by, clear } = value
  const known = Object.keys(value).every((key) => KEYS.has(key))
  if (!known || !isEffect(effect) || !Array.isArray(reasons) || !Array.isArray(mask)) return malformed()
  if (!reasons.every(isReason) || !mask.every(isMask) || !isPermission(permission)) return malformed()
  if (typeof granted !== 'boolean' || !(approval === null || isApproval(approval))) return malformed()
  if (clear !== undefined && !isKinds(clear)) return malformed()
  if (granted_by !== undefined && !(isTexts(granted_by) && granted === granted_by.length > 0)) return malformed()
  if (effect === 'deny' && reasons.length === 0) return malformed()
  if (effect === 'allow' && (reasons.length > 0 || approval !== null || !granted)) return malformed()
  if (effect === 'require_approval' && (approval === null || approval.count < 1 || !granted)) return malformed()
  const decision = { effect, reasons, approval, mask, permission, granted }
  return { ...decision, ...(granted_by === undefined ? {} : { granted_by }), ...(clear === undefined ? {} : { clear }) }
}

/** Brings what came out of the `visible` entrypoint into a list of tool names; anything else is no tool at all. */
export function readVisible(value: unknown): string[] {
  if (!Array.isArray(value) || !value.every((name) => typeof name === 'string')) return []
  return [...value].sort()
}

/** Brings what came out of the `alerts` entrypoint into raised alerts; anything else is itself an alert. */
export function readAlerts(value: unknown): Reason[] {
  if (Array.isArray(value) && value.every(isReason)) return value
  return [{ code: 'alerts_failed', message: 'the policy cannot tell which alerts are raised' }]
}

const KEYS = new Set(['effect', 'reasons', 'approval', 'mask', 'permission', 'granted', 'granted_by', 'clear'])

function malformed(): Decision {
  return denial('decision_malformed', 'the policy gave an answer of the wrong shape')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEffect(value: unknown): value is Decision['effect'] {
  return value === 'allow' || value === 'deny' || value === 'require_approval'
}

function isPermission(value: unknown): value is Permission {
  return PERMISSIONS.some((permission) => permission === value)
}

function isReason(value: unknown): value is Reason {
  return isRecord(value) && typeof value['code'] === 'string' && typeof value['message'] === 'string'
}

function isMask(value: unknown): value is Decision['mask'][number] {
  if (!isRecord(value) || typeof value['pointer'] !== 'string') return false
  return SENSITIVE_KINDS.some((kind) => kind === value['kind'])
}

function isKinds(value: unknown): value is SensitiveKind[] {
  return Array.isArray(value) && value.every((one) => SENSITIVE_KINDS.some((kind) => kind === one))
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string')
}

function isApproval(value: unknown): value is NonNullable<Decision['approval']> {
  if (!isRecord(value) || !Number.isInteger(value['count'])) return false
  return isTexts(value['roles'])
}
