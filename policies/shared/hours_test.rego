package shared.hours_test

import data.shared.fixture_test as fixture
import data.shared.hours

guard := {
	"effects": ["settle"],
	"business_days": true,
	"from": 8,
	"until": 18,
	"zone": "America/Sao_Paulo",
	"holidays": {"2026-12-25": true},
	"calendar_from": "2025-01-01",
	"calendar_until": "2035-12-31",
}

working := fixture.set_guard("hours", guard)

denied(call, config) := object.keys(found) if {
	found := hours.deny with input as call with data.config as config
}

at(time) := fixture.but({"time": time})

test_from_eight_to_six if {
	denied(at({"hour": 8}), working) == set()
	denied(at({"hour": 17}), working) == set()
	denied(at({"hour": 7}), working) == {"outside_hours"}
	denied(at({"hour": 18}), working) == {"outside_hours"}
}

test_on_weekdays if {
	every day in [1, 2, 3, 4, 5] {
		denied(at({"weekday": day}), working) == set()
	}
	every day in [0, 6] {
		denied(at({"weekday": day}), working) == {"outside_hours"}
	}
}

test_not_on_holidays if denied(at({"date": "2026-12-25"}), working) == {"outside_hours"}

test_not_on_days_whose_holidays_nobody_knows if {
	denied(at({"date": "2024-12-31"}), working) == {"outside_hours"}
	denied(at({"date": "2036-01-01"}), working) == {"outside_hours"}
}

test_on_any_day_where_the_yaml_says_so if {
	any_day := fixture.set_guard("hours", object.union(guard, {"business_days": false}))
	denied(at({"weekday": 0, "date": "2026-12-25"}), any_day) == set()
	denied(at({"hour": 7}), any_day) == {"outside_hours"}
}

test_by_the_clock_of_the_zone if denied(at({"zone": "UTC"}), working) == {"outside_hours"}

test_other_effects_at_any_hour if {
	denied(fixture.does("update_vendor", "write", {"time": {"hour": 3}}), working) == set()
}

test_a_call_raised_to_a_settlement_is_one if {
	raised := fixture.does("update_vendor", "write", {"time": {"hour": 3}, "tool": {"effect": "settle"}})
	denied(raised, working) == {"outside_hours"}
}

test_a_settlement_raised_to_something_graver_still_is_one if {
	raised := fixture.but({"time": {"hour": 3}, "tool": {"effect": "fiscal"}})
	denied(raised, working) == {"outside_hours"}
}

test_it_can_be_switched_off if denied(at({"hour": 3}), fixture.config) == set()

test_on_the_first_and_the_last_day_whose_holidays_are_known if {
	denied(at({"date": "2025-01-01"}), working) == set()
	denied(at({"date": "2035-12-31"}), working) == set()
}
