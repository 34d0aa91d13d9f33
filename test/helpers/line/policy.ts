import type { TestProject } from '../alcada/project.ts'

const BAND = '[{ up_to: 10000000.00, currency: BRL, approvers: 0 }]'

const RBAC = `rbac:
  roles:
    readonly: { permissions: [read] }
    viewer: { permissions: [read] }
    operator: { permissions: [read, write] }
    admin: { permissions: [read, write, delete, admin] }
    approver: { permissions: [] }
    auditor: { permissions: [] }
  alcada: { create: ${BAND}, update: ${BAND}, settle: ${BAND} }
`

const SECURITY = `security:
  authentication:
    { type: token_based, token_rotation: "24h", max_failures: 3, lockout_duration: "15m", encryption: "AES-256" }
  authorization: { rbac_enabled: true, default_role: "readonly", admin_approval: false }
  audit: { log_all_requests: true, log_sensitive_data: false, retention_days: 90 }
  clear_for:
    { document: [admin], name: [admin], email: [admin], phone: [admin], address: [admin], bank: [admin], pix: [admin] }
`

/** A policy that lets a test reach every tool: wide limits, no second person, nothing hidden from an admin. */
export function freely(project: TestProject, erp: string): void {
  project.write(`policies/${erp}/rbac.yaml`, RBAC)
  project.write(`policies/${erp}/security.yaml`, SECURITY)
}

/** Servers go by the real clock: a test must come out the same at night and on a Sunday. */
export function atAnyHour(project: TestProject, erp: string): void {
  const security = `policies/${erp}/security.yaml`
  project.replace(security, 'business_days: true', 'business_days: false')
  project.replace(security, 'from: 8\n      until: 18', 'from: 0\n      until: 24')
}
