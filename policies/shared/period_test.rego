package shared.period_test

import data.shared.fixture_test as fixture
import data.shared.period

guard := {"locked_until": {"12345678000195": "2026-10-31"}}

dated := {"tools": {"create_payment": {"facts": ["amount", "accrual_date", "issue_date"]}}}

closed := object.union(fixture.set_guard("period_lock", guard), dated)

denied(call, config) := object.keys(found) if {
	found := period.deny with input as call with data.config as config
}

on(accrual, issue) := fixture.but({"facts": {"accrual_date": accrual, "issue_date": issue}})

test_the_first_open_day_passes if denied(on("2026-11-01", "2026-11-01"), closed) == set()

test_the_last_closed_day_does_not if {
	denied(on("2026-10-31", "2026-11-01"), closed) == {"period_locked"}
	denied(on("2026-11-01", "2026-10-31"), closed) == {"period_locked"}
}

test_an_unknown_date_is_refused if {
	denied(on(null, "2026-11-01"), closed) == {"period_unknown"}
	denied(on("2026-11-01", null), closed) == {"period_unknown"}
}

test_a_tool_that_knows_no_date_is_free if {
	undated := fixture.set_guard("period_lock", guard)
	denied(on(null, null), undated) == set()
}

test_another_company_has_its_own_books if {
	other := object.union(on("2020-01-01", null), {"caller": {"company": "12ABC34501DE35"}})
	denied(other, closed) == set()
}

test_reading_is_free if {
	denied(object.union(on(null, null), {"tool": {"effect": "read"}}), closed) == set()
}

test_it_can_be_switched_off if denied(on("2020-01-01", null), object.union(fixture.config, dated)) == set()

# Rego compares across types: a list is after every text.
test_what_is_no_date_is_after_no_closed_day if {
	"period_locked" in denied(on(["2026-11-01"], "2026-11-01"), closed)
	"period_locked" in denied(on("2026-11-01", ["2026-11-01"]), closed)
}
