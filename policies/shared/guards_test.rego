package shared.guards_test

import data.shared.fixture_test as fixture
import data.shared.guards

all := object.union(
	fixture.set_security({"guards": {
		"bank_freeze": {"approvers": 1, "roles": ["approver"], "hold_ms": 1000},
		"deletes": {"forbidden_to": ["agent"], "reason_min_length": 1},
		"period_lock": {"locked_until": {"12345678000195": "2026-10-31"}},
		"export": {"rows_per_call": 1, "rows_per_day": 1, "entities": [], "filter_required": []},
		"duplicates": null,
		"hours": {
			"effects": ["settle"],
			"business_days": false,
			"from": 0,
			"until": 1,
			"zone": "America/Sao_Paulo",
			"holidays": {},
			"calendar_from": "",
			"calendar_until": "",
		},
	}}),
	{"tools": {"create_payment": {"effect": "delete", "facts": ["accrual_date", "rows"]}}},
)

test_every_guard_refuses if {
	call := fixture.but({"facts": {"rows": 2}, "history": {"bank_changed_ms": fixture.payment.time.epoch_ms}})
	found := guards.deny with input as call with data.config as all
	object.keys(found) == {
		"bank_data_frozen",
		"delete_forbidden",
		"outside_hours",
		"period_unknown",
		"rows_above_cap",
	}
}

test_none_does_where_none_is_switched_on if {
	found := guards.deny with input as fixture.payment with data.config as fixture.config
	found == {}
}
