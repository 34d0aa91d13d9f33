import { CLEAR_FOR } from './policy-files.ts'

/** The Rego of `policies/<erp>`, as OPA formats it: what all ERPs have in common, joined; and its tests. */
export function regoFiles(erp: string): Record<string, string> {
  return {
    'alerts.rego': alerts(erp),
    'alerts_test.rego': alertsTest(erp),
    'decision.rego': decision(erp),
    'decision_test.rego': decisionTest(erp),
    'rbac.rego': rbac(erp),
    'rbac_test.rego': rbacTest(erp),
    'security.rego': security(erp),
    'security_test.rego': securityTest(erp),
  }
}

/** One import a line, in the order that OPA's formatter keeps. */
function imports(...paths: string[]): string {
  return paths
    .sort()
    .map((path) => `import ${path}`)
    .join('\n')
}

const ROLES = ['readonly', 'viewer', 'operator', 'admin', 'approver', 'auditor']

function shown(): string {
  const lines = ROLES.map((role) => {
    const kinds = Object.entries(CLEAR_FOR).flatMap(([kind, roles]) => (roles.includes(role) ? [kind] : []))
    return `\t"${role}": [${kinds
      .sort()
      .map((kind) => JSON.stringify(kind))
      .join(', ')}],`
  })
  return lines.join('\n')
}

function alerts(erp: string): string {
  return `package ${erp}

import data.shared.alerts as metrics
import data.shared.verdict

# METADATA
# description: Alerts raised by a window of the server's metrics, by the keys of alerts.yaml.
alerts := verdict.listed(metrics.raised)
`
}

function alertsTest(erp: string): string {
  return `package ${erp}_alerts_test

${imports(`data.${erp}`, 'data.shared.fixture_test as fixture')}

window := {
	"total": 100,
	"failed": 50,
	"denied": 0,
	"response_time_s": 0.1,
	"rate_limit_hits_per_minute": 0,
	"authentication_failures": 5,
	"disk_used": 0.1,
	"policy_rejected": false,
	"policy_expires_in_s": 2592000,
	"approved_wait_s": 0,
}

test_alerts_come_as_a_list_by_code if {
	alerts := ${erp}.alerts with input as {"window": window} with data.config as fixture.config
	alerts == [
		{"code": "authentication_failures", "message": "one source keeps failing to authenticate"},
		{"code": "error_rate", "message": "too many calls fail"},
	]
}

# Under alerts.yaml as it is written: a threshold that is moved is moved here as well.
raised(changes) := {alert.code | some alert in alerts} if {
	quiet := object.union(window, {"failed": 0, "authentication_failures": 0})
	alerts := ${erp}.alerts with input as {"window": object.union(quiet, changes)}
}

test_thresholds_are_where_alerts_yaml_puts_them if {
	raised({}) == set()
	raised({"response_time_s": 1.99}) == set()
	raised({"response_time_s": 2}) == {"response_time"}
	raised({"total": 1000, "failed": 49}) == set()
	raised({"total": 1000, "failed": 50}) == {"error_rate"}
	raised({"rate_limit_hits_per_minute": 9}) == set()
	raised({"rate_limit_hits_per_minute": 10}) == {"rate_limit"}
	raised({"authentication_failures": 4}) == set()
	raised({"authentication_failures": 5}) == {"authentication_failures"}
	raised({"disk_used": 0.89}) == set()
	raised({"disk_used": 0.9}) == {"disk_space"}
}
`
}

function decision(erp: string): string {
  return `# METADATA
# title: What the server asks of this policy
package ${erp}

${imports(`data.${erp}.rbac`, `data.${erp}.security`, 'data.shared.access', 'data.shared.verdict')}

# METADATA
# description: Whether one call is done, and what of its result is masked.
decision := verdict.decision(object.union(rbac.deny, security.deny), security.mask)

# METADATA
# description: The tools a caller gets to see.
visible := access.visible
`
}

function decisionTest(erp: string): string {
  return `package ${erp}_test

${imports(`data.${erp}`, 'data.shared.fixture_test as fixture')}

decided(call) := decision if {
	decision := ${erp}.decision with input as call with data.config as fixture.config
}

test_what_breaks_no_rule_is_allowed if decided(fixture.payment).effect == "allow"

test_refusals_of_both_files_are_taken if {
	codes := [reason.code | some reason in decided(fixture.but({
		"caller": {"roles": ["viewer"]},
		"tool": {"effect": "fiscal"},
	})).reasons]
	codes == ["effect_forbidden", "permission_missing"]
}

test_masks_are_taken if {
	field := {"pointer": "/name", "kind": "pix"}
	decided(fixture.but({"tool": {"sensitive": [field]}})).mask == [field]
}

test_callers_see_their_tools if {
	names := ${erp}.visible with input as fixture.having(["viewer"], fixture.payment) with data.config as fixture.config
	names == ["get_vendors_list"]
}

# Under security.yaml as it is written: a kind that is shown to another role is shown here as well.
shown := {
${shown()}
}

test_each_role_sees_the_kinds_that_security_yaml_shows_it if {
	every role, kinds in shown {
		seen := ${erp}.decision.clear with input as fixture.having([role], fixture.payment)
		seen == kinds
	}
}
`
}

function rbac(erp: string): string {
  return `# METADATA
# title: Refusals by who calls and how much it moves
package ${erp}.rbac

import data.shared.access
import data.shared.alcada
import data.shared.duties
import data.shared.registration
import data.shared.totals

# METADATA
# description: By code. A rule of one's own is a package beside this one with \`deny["code"] := "words" if not <rule>\`.
deny := object.union_n([access.deny, registration.deny, alcada.deny, totals.deny, duties.deny])
`
}

function rbacTest(erp: string): string {
  return `package ${erp}.rbac_test

${imports(`data.${erp}.rbac`, 'data.shared.fixture_test as fixture')}

codes(call, config) := object.keys(found) if {
	found := rbac.deny with input as call with data.config as config
}

test_access_registration_and_amount_all_refuse if {
	registered := fixture.set_rbac({"callers": {"agent-1": {
		"person": "u18",
		"companies": ["12345678000195"],
		"roles": ["viewer", "operator"],
		"valid_until": null,
	}}})
	call := fixture.having(["viewer"], fixture.but({"facts": {"amount": null}}))
	codes(call, registered) == {"permission_missing", "caller_person_differs", "amount_unknown"}
}

test_a_payment_within_the_limit_is_not_refused if codes(fixture.payment, fixture.config) == set()
`
}

function security(erp: string): string {
  return `# METADATA
# title: Refusals and masks whoever calls
package ${erp}.security

import data.shared.guards
import data.shared.masking
import data.shared.safety

# METADATA
# description: By code. A rule of one's own is a package beside this one with \`deny["code"] := "words" if not <rule>\`.
deny := object.union_n([safety.deny, guards.deny])

# METADATA
# description: Fields of the result that this caller gets masked.
mask := masking.mask
`
}

function securityTest(erp: string): string {
  return `package ${erp}.security_test

${imports(`data.${erp}.security`, 'data.shared.fixture_test as fixture')}

test_what_nobody_gets_is_refused if {
	call := fixture.but({"caller": {"token_age_s": 100000}, "tool": {"effect": "fiscal"}})
	codes := object.keys(security.deny) with input as call with data.config as fixture.config
	codes == {"token_too_old", "effect_forbidden"}
}

test_personal_values_are_masked if {
	field := {"pointer": "/document", "kind": "document"}
	call := fixture.but({"tool": {"sensitive": [field]}})
	masked := security.mask with input as call with data.config as fixture.config
	masked == {field}
}
`
}
