package shared.approval_test

import data.shared.approval
import data.shared.fixture_test as fixture

paying(amount, approvals) := fixture.but({
	"facts": {"amount": amount, "open_amount": 9000000000},
	"approvals": [{"by": one[0], "person": one[1], "roles": one[2], "at_ms": 1} | some one in approvals],
})

complete(call) if approval.complete with input as call with data.config as fixture.config

needed(call) := missing if {
	missing := approval.needed with input as call with data.config as fixture.config
}

ana := ["ana", "u1", ["approver"]]

rui := ["rui", "u2", ["admin"]]

test_up_to_the_limit_one_decides_alone if {
	complete(paying(100000, []))
	needed(paying(100000, [])) == null
}

test_above_it_somebody_else_has_to_agree if {
	not complete(paying(100001, []))
	needed(paying(100001, [])) == {"count": 1, "roles": ["approver"]}
	complete(paying(100001, [ana]))
}

test_then_two_have_to_agree if {
	not complete(paying(5000001, [ana]))
	needed(paying(5000001, [ana])) == {"count": 2, "roles": ["admin", "approver"]}
	complete(paying(5000001, [ana, rui]))
}

test_one_person_counts_once if not complete(paying(5000001, [ana, ["ana-phone", "u1", ["admin"]]]))

test_another_role_does_not_count if not complete(paying(100001, [rui]))

test_nobody_agrees_with_themselves if {
	every own in [["agent-2", "u17", ["approver"]], ["agent-1", "u1", ["approver"]], ["u17", "u1", ["approver"]]] {
		not complete(paying(100001, [own]))
	}
}

administering(approvals) := fixture.having(["admin"], object.union(
	paying(100, approvals),
	{"tool": {"permission": "admin"}},
))

test_what_asks_for_admin_needs_another_admin if {
	not complete(administering([]))
	needed(administering([])) == {"count": 1, "roles": ["admin"]}
	not complete(administering([ana]))
	complete(administering([rui]))
}

test_unless_that_is_switched_off if {
	off := fixture.set_security({"admin_approval": false})
	approval.complete with input as administering([]) with data.config as off
}

test_the_limit_is_asked_for_before_the_admin if {
	large := object.union(administering([]), {"facts": {"amount": 100001}})
	needed(large) == {"count": 1, "roles": ["approver"]}
	approved := object.union(large, {"approvals": paying(1, [ana]).approvals})
	needed(approved) == {"count": 1, "roles": ["admin"]}
}

test_reading_asks_nobody if {
	reading := fixture.does("get_vendors_list", "read", {})
	complete(reading)
	needed(reading) == null
}

test_above_every_band_nobody_is_asked if needed(paying(20000001, [])) == null

agreed(call, config) if approval.complete with input as call with data.config as config

asked(call, config) := missing if {
	missing := approval.needed with input as call with data.config as config
}

freeze := fixture.set_guard("bank_freeze", {"approvers": 1, "roles": ["approver", "admin"], "hold_ms": 1000})

test_changed_bank_data_needs_somebody_else if {
	changing := object.union(paying(100, []), {"facts": {"bank_change": true}})
	not agreed(changing, freeze)
	asked(changing, freeze) == {"count": 1, "roles": ["admin", "approver"]}
	agreed(object.union(changing, {"approvals": paying(1, [ana]).approvals}), freeze)
	agreed(changing, fixture.config)
	agreed(paying(100, []), freeze)
}

twice := {"history": {"similar": [{"entry": "omie-1", "at_ms": 1, "amount": 100, "due_date": null}]}}

test_a_repeat_needs_somebody_else if {
	config := fixture.set_guard("duplicates", {"window_days": 7, "approvers": 2, "roles": ["approver", "admin"]})
	repeating := object.union(paying(100, []), twice)
	not agreed(repeating, config)
	asked(repeating, config) == {"count": 2, "roles": ["admin", "approver"]}
	not agreed(object.union(paying(100, [ana]), twice), config)
	agreed(object.union(paying(100, [ana, rui]), twice), config)
	agreed(repeating, fixture.config)
	agreed(paying(100, []), config)
}

# Eva has no role of an approver, and stands in for one until the instant 100.
standing_in := fixture.set_rbac({"substitutes": {"u4": [{"role": "approver", "from_ms": 50, "until_ms": 100}]}})

consented(person, at) := object.union(paying(100001, []), {"approvals": [
	{"by": person, "person": person, "roles": ["viewer"], "at_ms": at},
]})

test_who_stands_in_counts_from_the_first_to_the_last_instant if {
	agreed(consented("u4", 50), standing_in)
	agreed(consented("u4", 99), standing_in)
	not agreed(consented("u4", 49), standing_in)
	not agreed(consented("u4", 100), standing_in)
	not agreed(consented("u5", 60), standing_in)
	not agreed(consented("u4", 60), fixture.config)
}

test_nobody_stands_in_for_themselves if {
	own := fixture.set_rbac({"substitutes": {"u17": [{"role": "approver", "from_ms": 50, "until_ms": 100}]}})
	not agreed(consented("u17", 60), own)
}

test_the_consent_of_a_stopped_person_is_void if {
	stopped := fixture.set_rbac({"revoked": {"persons": ["u1"]}})
	asked(paying(100001, [ana]), stopped) == {"count": 1, "roles": ["approver"]}
	asked(paying(100001, [["bia", "u5", ["approver"]]]), stopped) == null
}
