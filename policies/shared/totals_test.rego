package shared.totals_test

import data.shared.fixture_test as fixture
import data.shared.totals

limited(limits) := fixture.set_rbac({"totals": {"window_days": 30, "limits": limits}})

denied(call, config) := object.keys(found) if {
	found := totals.deny with input as call with data.config as config
}

settled(of, over, amount) := fixture.but({"history": {"settled": {of: {over: amount}}}})

test_each_total_has_its_limit if {
	every of in ["caller", "person", "company", "counterparty"] {
		every over in ["day", "window"] {
			config := limited([{"of": of, "over": over, "up_to": 200000}])
			denied(settled(of, over, 110000), config) == set()
			denied(settled(of, over, 110001), config) == {"total_above_limit"}
		}
	}
}

test_one_limit_is_enough_to_refuse if {
	config := limited([{"of": "caller", "over": "day", "up_to": 90000}, {"of": "company", "over": "day", "up_to": 89999}])
	denied(fixture.payment, config) == {"total_above_limit"}
}

test_what_settles_nothing_is_free if {
	config := limited([{"of": "person", "over": "day", "up_to": 1}])
	denied(fixture.does("update_vendor", "write", {"facts": {"amount": 90000}}), config) == set()
}

test_an_unknown_amount_is_refused_elsewhere if {
	config := limited([{"of": "person", "over": "day", "up_to": 1}])
	denied(fixture.but({"facts": {"amount": null}}), config) == set()
}

test_without_totals_there_is_no_limit if denied(settled("person", "day", 9000000000), fixture.config) == set()
