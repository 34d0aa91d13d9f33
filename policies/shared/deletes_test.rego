package shared.deletes_test

import data.shared.deletes
import data.shared.fixture_test as fixture

guarded := fixture.set_guard("deletes", {"forbidden_to": ["agent"], "reason_min_length": 5})

denied(call, config) := object.keys(found) if {
	found := deletes.deny with input as call with data.config as config
}

deleting(kind) := fixture.does("delete_vendor", "delete", {"caller": {"kind": kind}})

test_agents_delete_nothing if denied(deleting("agent"), guarded) == {"delete_forbidden"}

test_persons_may if denied(deleting("human"), guarded) == set()

test_agents_may_where_they_are_not_listed if {
	persons := fixture.set_guard("deletes", {"forbidden_to": ["human"], "reason_min_length": 5})
	denied(deleting("agent"), persons) == set()
	denied(deleting("human"), persons) == {"delete_forbidden"}
}

test_unless_they_are_listed_too if {
	both := fixture.set_guard("deletes", {"forbidden_to": ["agent", "human"], "reason_min_length": 5})
	denied(deleting("human"), both) == {"delete_forbidden"}
}

test_a_call_raised_to_a_deletion_is_one if {
	raised := fixture.does("update_vendor", "write", {"tool": {"effect": "delete"}})
	denied(raised, guarded) == {"delete_forbidden"}
}

test_a_deletion_raised_to_something_graver_still_is_one if {
	raised := object.union(deleting("agent"), {"tool": {"effect": "settle"}})
	denied(raised, guarded) == {"delete_forbidden"}
}

inactivating(reason) := object.union(
	fixture.does("update_vendor", "write", {"args": {"reason": reason}}),
	{"tool": {"name": "update_vendor_inactive"}},
)

with_tool := object.union(guarded, {"tools": {"update_vendor_inactive": guarded.tools.update_vendor}})

test_inactivating_takes_a_reason if {
	denied(inactivating("shut down"), with_tool) == set()
	denied(inactivating("shut"), with_tool) == {"reason_missing"}
	denied(inactivating("   a   "), with_tool) == {"reason_missing"}
}

test_it_can_be_switched_off if {
	denied(deleting("agent"), fixture.config) == set()
	off := object.union(with_tool, {"security": {"guards": {"deletes": null}}})
	denied(inactivating(""), off) == set()
}

test_a_reason_as_long_as_it_has_to_be_is_one if denied(inactivating("ended"), with_tool) == set()

test_a_reason_left_out_is_none_however_short_one_may_be if {
	short := object.union(with_tool, {"security": {"guards": {"deletes": {"reason_min_length": 1}}}})
	silent := object.union(object.remove(inactivating(""), ["args"]), {"args": {}})
	denied(silent, short) == {"reason_missing"}
}
