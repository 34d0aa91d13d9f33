import type { Config } from '../../../engine/contract/config.ts'

/** A policy's configuration around what bears on identity. */
export function configWith({
  callers,
  token_rotation_s,
}: {
  callers: Config['rbac']['callers']
  token_rotation_s: number
}): Config {
  return {
    rbac: {
      roles: { operator: ['read', 'write'], viewer: ['read'], readonly: ['read'] },
      callers,
      tools: {},
      alcada: {},
    },
    security: {
      rbac_enabled: true,
      default_role: 'readonly',
      admin_approval: true,
      token_rotation_s,
      max_failures: 3,
      lockout_duration_s: 900,
      log_all_requests: true,
      log_sensitive_data: false,
      retention_days: 90,
      trail_retention_days: 1826,
      forbidden_effects: [],
      clear_for: {},
    },
    alerts: {
      response_time: { threshold_s: 2, severity: 'warning' },
      error_rate: { threshold: 0.05, severity: 'critical' },
      rate_limit: { threshold_per_minute: 10, severity: 'warning' },
      authentication_failures: { threshold: 5, severity: 'critical' },
      disk_space: { threshold: 0.9, severity: 'warning' },
      notifications: [],
    },
    tools: {},
  }
}
