package bling_test

import data.bling
import data.shared.fixture_test as fixture

decided(call) := decision if {
	decision := bling.decision with input as call with data.config as fixture.config
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
	names := bling.visible with input as fixture.having(["viewer"], fixture.payment) with data.config as fixture.config
	names == ["get_vendors_list"]
}

# Under security.yaml as it is written: a kind that is shown to another role is shown here as well.
shown := {
	"readonly": [],
	"viewer": ["name"],
	"operator": ["document", "email", "name", "phone"],
	"admin": ["document", "email", "name", "phone"],
	"approver": ["name"],
	"auditor": ["name"],
}

test_each_role_sees_the_kinds_that_security_yaml_shows_it if {
	every role, kinds in shown {
		seen := bling.decision.clear with input as fixture.having([role], fixture.payment)
		seen == kinds
	}
}
