package shared.revoked_test

import data.shared.access
import data.shared.fixture_test as fixture
import data.shared.revoked

denied(stopped) := object.keys(found) if {
	config := fixture.set_rbac({"revoked": stopped})
	found := access.deny with input as fixture.payment with data.config as config
}

sees(stopped) := names if {
	config := fixture.set_rbac({"revoked": stopped})
	names := access.visible with input as fixture.payment with data.config as config
}

test_nothing_is_stopped_by_empty_lists if denied({}) == set()

test_each_list_stops_what_it_names if {
	every stopped in [
		{"callers": [fixture.payment.caller.id]},
		{"persons": [fixture.payment.caller.person]},
		{"roles": fixture.payment.caller.roles},
		{"tools": [fixture.payment.tool.name]},
		{"companies": [fixture.payment.caller.company]},
	] {
		denied(stopped) == {"revoked"}
	}
}

test_others_are_not_stopped if {
	denied({"callers": ["x"], "persons": ["x"], "roles": ["x"], "tools": ["x"], "companies": ["x"]}) == set()
}

test_a_stopped_tool_is_not_seen_and_a_stopped_caller_sees_nothing if {
	not "create_payment" in sees({"tools": ["create_payment"]})
	"create_payment" in sees({})
	sees({"persons": [fixture.payment.caller.person]}) == []
}

test_without_the_lists_nobody_is_let_in if {
	bare := json.remove(fixture.config, ["/rbac/revoked"])
	not revoked.none with input as fixture.payment with data.config as bare
}

test_what_is_not_known_may_be_stopped if {
	every place in ["caller/id", "caller/person"] {
		call := json.remove(fixture.payment, [place])
		not revoked.nobody with input as call with data.config as fixture.config
	}
	unnamed := json.remove(fixture.payment, ["tool/name"])
	not revoked.none with input as unnamed with data.config as fixture.config
	unlisted := json.remove(fixture.config, ["rbac/revoked/callers"])
	not revoked.nobody with input as fixture.payment with data.config as unlisted
}
