package shared.alcada_test

import data.shared.alcada
import data.shared.fixture_test as fixture

denied(call) := object.keys(found) if {
	found := alcada.deny with input as call with data.config as fixture.config
}

bounded(amount) := fixture.but({"facts": {"amount": amount, "open_amount": 9000000000}})

band_of(call) := band if {
	band := alcada.band with input as call with data.config as fixture.config
}

test_a_payment_within_the_bands_is_not_refused if denied(fixture.payment) == set()

test_the_first_band_that_holds_the_amount_rules if {
	band_of(bounded(0)).approvers == 0
	band_of(bounded(100000)).approvers == 0
	band_of(bounded(100001)).approvers == 1
	band_of(bounded(5000000)).approvers == 1
	band_of(bounded(5000001)).approvers == 2
	band_of(bounded(20000000)).approvers == 2
}

test_above_the_last_band_nobody_may if denied(bounded(20000001)) == {"amount_above_alcada"}

test_money_does_not_move_backwards if denied(bounded(-1)) == {"amount_above_alcada"}

test_another_currency_has_no_band if denied(fixture.but({"facts": {"currency": "USD"}})) == {"amount_above_alcada"}

test_an_unknown_amount_is_refused if denied(fixture.but({"facts": {"amount": null}})) == {"amount_unknown"}

test_an_unknown_open_amount_is_refused if {
	denied(fixture.but({"facts": {"open_amount": null}})) == {"open_amount_unknown"}
}

test_a_centavo_more_than_is_open_is_refused if {
	denied(fixture.but({"facts": {"amount": 90001}})) == {"amount_above_open"}
}

test_an_unknown_counterparty_is_refused if {
	denied(fixture.but({"facts": {"counterparty": null}})) == {"counterparty_unknown"}
}

test_a_settlement_without_a_reference_is_refused if {
	denied(fixture.but({"facts": {"idempotency_key": null}})) == {"idempotency_key_missing"}
}

test_reading_moves_nothing if denied(fixture.does("get_vendors_list", "read", {})) == set()

test_a_tool_without_money_needs_what_it_declares if {
	denied(fixture.does("create_vendor", "write", {})) == {"idempotency_key_missing"}
	denied(fixture.does("delete_vendor", "delete", {})) == {"counterparty_unknown"}
	denied(fixture.does("create_vendor", "write", {"facts": {"idempotency_key": "V-1"}})) == set()
	denied(fixture.does("delete_vendor", "delete", {"facts": {"counterparty": "9"}})) == set()
}

changed(facts) := fixture.does("update_vendor", "write", {"facts": object.union({"idempotency_key": "A-1"}, facts)})

test_other_effects_are_limited_where_the_yaml_has_bands if {
	denied(changed({"amount": 300000})) == set()
	denied(changed({"amount": 300001})) == {"amount_above_alcada"}
	denied(changed({})) == {"amount_unknown"}
	denied(changed({"amount": 1, "idempotency_key": null})) == {"idempotency_key_missing"}
}

test_other_effects_are_free_where_it_has_none if {
	config := object.union(fixture.config, {"rbac": {"alcada": {"update": null}}})
	found := alcada.deny with input as changed({"amount": 900000000}) with data.config as config
	found == {}
}

test_a_call_raised_to_a_settlement_is_a_settlement if {
	raised := fixture.does("create_vendor", "write", {"tool": {"effect": "settle"}})
	denied(raised) == {"amount_unknown", "open_amount_unknown", "counterparty_unknown", "idempotency_key_missing"}
}

always := {
	"caller_roles": null,
	"counterparty_class": null,
	"cost_centers": null,
	"day_total": null,
	"valid_from": null,
	"valid_until": null,
}

# One band with these conditions, and one for everybody else.
banded(condition) := object.union(
	fixture.set_rbac({"alcada": {"settle": [
		{"up_to": 900000, "currency": "BRL", "approvers": 0, "roles": [], "when": object.union(always, condition)},
		{"up_to": 900000, "currency": "BRL", "approvers": 2, "roles": ["approver"], "when": null},
	]}}),
	{"rbac": {"counterparty_classes": {"9": ["known", "local"]}}},
)

approvers(call, condition) := count if {
	band := alcada.band with input as call with data.config as banded(condition)
	count := band.approvers
}

test_a_band_without_conditions_is_for_every_call if approvers(fixture.payment, {}) == 0

test_a_band_may_be_for_some_roles if {
	approvers(fixture.payment, {"caller_roles": ["admin", "operator"]}) == 0
	approvers(fixture.payment, {"caller_roles": ["admin"]}) == 2
}

test_a_band_may_be_for_a_class_of_counterparties if {
	approvers(fixture.payment, {"counterparty_class": "local"}) == 0
	approvers(fixture.payment, {"counterparty_class": "foreign"}) == 2
	approvers(fixture.but({"facts": {"counterparty": "8"}}), {"counterparty_class": "local"}) == 2
	approvers(fixture.but({"facts": {"counterparty": null}}), {"counterparty_class": "local"}) == 2
}

test_a_band_may_be_for_some_cost_centres if {
	approvers(fixture.but({"facts": {"cost_center": "3"}}), {"cost_centers": ["2", "3"]}) == 0
	approvers(fixture.but({"facts": {"cost_center": "4"}}), {"cost_centers": ["2", "3"]}) == 2
	approvers(fixture.payment, {"cost_centers": ["2", "3"]}) == 2
}

test_a_band_may_end_with_a_total_of_the_day if {
	approvers(fixture.but({"history": {"settled_today": 110000}}), {"day_total": 200000}) == 0
	approvers(fixture.but({"history": {"settled_today": 110001}}), {"day_total": 200000}) == 2
}

test_a_band_may_have_its_time if {
	approvers(fixture.payment, {"valid_from": "2026-11-25", "valid_until": "2026-11-25"}) == 0
	approvers(fixture.payment, {"valid_from": "2026-11-26"}) == 2
	approvers(fixture.payment, {"valid_until": "2026-11-24"}) == 2
}

# The tool that changes a vendor, with other facts declared of it and other limits of changes.
changing(facts, declared, bands) := object.keys(found) if {
	config := object.union(fixture.config, {
		"rbac": {"alcada": {"update": bands}},
		"tools": {"update_vendor": {"facts": declared}},
	})
	found := alcada.deny with input as changed(facts) with data.config as config
}

test_what_a_tool_declares_is_known_even_where_nothing_is_limited if {
	changing({}, ["amount"], null) == {"amount_unknown"}
	changing({}, [], null) == set()
	changing({"amount": 1}, ["amount"], null) == set()
}

test_what_is_limited_is_known_even_where_the_tool_does_not_declare_it if {
	bands := fixture.config.rbac.alcada.update
	changing({}, [], bands) == {"amount_unknown"}
	changing({"amount": 1}, [], bands) == set()
}

test_a_declared_open_amount_is_known_by_every_effect if {
	changing({"amount": 1}, ["open_amount"], null) == {"open_amount_unknown"}
	changing({"amount": 1, "open_amount": 1}, ["open_amount"], null) == set()
}

test_a_settlement_without_bands_has_no_limit_to_stay_within if {
	config := object.union(fixture.config, {"rbac": {"alcada": {"settle": null}}})
	found := alcada.deny with input as fixture.payment with data.config as config
	object.keys(found) == {"amount_above_alcada"}
}

test_a_tool_without_money_that_is_raised_to_a_settlement_has_its_limits if {
	raised := object.union(
		fixture.does("create_vendor", "write", {"tool": {"effect": "settle"}}),
		{"facts": {"amount": 20000001, "open_amount": 20000001, "counterparty": "9", "idempotency_key": "P-1"}},
	)
	denied(raised) == {"amount_above_alcada"}
}
