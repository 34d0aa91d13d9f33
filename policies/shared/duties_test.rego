package shared.duties_test

import data.shared.duties
import data.shared.fixture_test as fixture

day := 86400000

now := fixture.payment.time.epoch_ms

switched_on := fixture.set_rbac({"duties": {"window_days": 30, "window_ms": 30 * day}})

denied(call, config) := object.keys(found) if {
	found := duties.deny with input as call with data.config as config
}

touched(touches, call) := object.union(call, {"history": {"counterparty_touched": [
object.union({"by": "agent-9", "person": "u9", "what": "create", "at_ms": now - day}, touch) | some touch in touches]}})

test_who_entered_or_changed_a_party_moves_no_money_to_it if {
	every what in ["create", "update"] {
		call := touched([{"by": "agent-1", "person": "u17", "what": what}], fixture.payment)
		denied(call, switched_on) == {"own_counterparty"}
	}
}

test_agents_and_persons_count_as_one if {
	every who in [{"person": "u17"}, {"by": "agent-1"}, {"by": "u17"}, {"person": "agent-1"}] {
		denied(touched([{}, who], fixture.payment), switched_on) == {"own_counterparty"}
	}
}

test_somebody_else_may if denied(touched([{}], fixture.payment), switched_on) == set()

test_the_window_ends if {
	denied(touched([{"person": "u17", "at_ms": now - (30 * day)}], fixture.payment), switched_on) == set()
	denied(touched([{"person": "u17", "at_ms": (now - (30 * day)) + 1}], fixture.payment), switched_on) == {"own_counterparty"}
}

own := [{"person": "u17"}]

test_bills_and_drafts_count_as_well if {
	changing := fixture.does("update_vendor", "write", {"facts": {"counterparty": "9"}})
	denied(touched(own, changing), switched_on) == {"own_counterparty"}
}

test_what_moves_no_money_is_free if {
	creating := fixture.does("create_vendor", "write", {"facts": {"counterparty": "9"}})
	denied(touched(own, creating), switched_on) == set()
	raised := object.union(creating, {"tool": {"effect": "settle"}})
	denied(touched(own, raised), switched_on) == {"own_counterparty"}
}

test_removing_pays_nobody if {
	removing := object.union(fixture.payment, {"tool": {"effect": "delete"}})
	denied(touched(own, removing), switched_on) == set()
}

test_an_unknown_party_is_refused_elsewhere if {
	unknown := object.union(fixture.payment, {"facts": {"counterparty": null}})
	denied(touched(own, unknown), switched_on) == set()
}

test_it_can_be_switched_off if denied(touched(own, fixture.payment), fixture.config) == set()

test_reading_pays_nobody if {
	reading := object.union(fixture.does("update_vendor", "read", {}), {
		"tool": {"effect": "read"},
		"facts": {"counterparty": "9"},
	})
	denied(touched(own, reading), switched_on) == set()
}
