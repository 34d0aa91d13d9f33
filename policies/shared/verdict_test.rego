package shared.verdict_test

import data.shared.fixture_test as fixture
import data.shared.verdict

decided(call, denials) := decision if {
	decision := verdict.decision(denials, set()) with input as call with data.config as fixture.config
}

test_without_a_reason_and_with_consent_it_is_allowed if {
	decided(fixture.payment, {}) == {
		"effect": "allow",
		"reasons": [],
		"approval": null,
		"mask": [],
		"clear": ["name"],
		"permission": "write",
		"granted": true,
		"granted_by": ["operator"],
	}
}

test_without_consent_it_waits if {
	decided(fixture.but({"facts": {"amount": 100001}}), {}) == {
		"effect": "require_approval",
		"reasons": [],
		"approval": {"count": 1, "roles": ["approver"]},
		"mask": [],
		"clear": ["name"],
		"permission": "write",
		"granted": true,
		"granted_by": ["operator"],
	}
}

test_one_reason_refuses_whoever_consents if {
	decided(fixture.but({"facts": {"amount": 100001}}), {"b": "two", "a": "one"}) == {
		"effect": "deny",
		"reasons": [{"code": "a", "message": "one"}, {"code": "b", "message": "two"}],
		"approval": null,
		"mask": [],
		"clear": ["name"],
		"permission": "write",
		"granted": true,
		"granted_by": ["operator"],
	}
}

test_masks_come_in_one_order if {
	fields := {{"pointer": "/name", "kind": "name"}, {"pointer": "/document", "kind": "document"}}
	decision := verdict.decision({}, fields) with input as fixture.payment with data.config as fixture.config
	decision.mask == [{"pointer": "/document", "kind": "document"}, {"pointer": "/name", "kind": "name"}]
}

test_the_kinds_that_a_caller_sees_come_in_one_order if {
	decided(fixture.having(["admin", "operator"], fixture.payment), {}).clear == ["document", "name"]
	decided(fixture.having([], fixture.payment), {}).clear == []
}

test_who_may_not_is_not_granted if {
	decision := decided(fixture.having(["viewer"], fixture.payment), {"x": "y"})
	[decision.granted, decision.granted_by] == [false, []]
}

test_it_is_told_which_of_several_roles_grants if {
	decided(fixture.having(["viewer", "operator", "admin"], fixture.payment), {}).granted_by == ["admin", "operator"]
	decided(fixture.having(["viewer", "operator"], fixture.payment), {}).granted_by == ["operator"]
}

test_the_default_role_is_told_where_the_token_has_none if {
	decided(fixture.having([], fixture.does("get_vendors_list", "read", {})), {}).granted_by == ["readonly"]
}
