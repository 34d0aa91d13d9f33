package shared.export_test

import data.shared.export
import data.shared.fixture_test as fixture

guard := {"rows_per_call": 500, "rows_per_day": 5000, "entities": ["vendor"], "filter_required": ["vendor"]}

paged := {"tools": {"get_vendors_list": {"facts": ["filtered", "rows"]}}}

capped := object.union(fixture.set_guard("export", guard), paged)

denied(call, config) := object.keys(found) if {
	found := export.deny with input as call with data.config as config
}

listing(rows, today) := fixture.does("get_vendors_list", "read", {
	"facts": {"rows": rows, "filtered": true},
	"history": {"rows_today": today},
})

test_up_to_the_cap_of_a_call if {
	denied(listing(500, 0), capped) == set()
	denied(listing(501, 0), capped) == {"rows_above_cap"}
}

test_up_to_the_cap_of_a_day if {
	denied(listing(500, 4500), capped) == set()
	denied(listing(500, 4501), capped) == {"rows_today_above_cap"}
}

test_unknown_rows_are_refused if denied(listing(null, 0), capped) == {"rows_unknown"}

test_the_whole_list_is_not_given_out if {
	whole := object.union(listing(50, 0), {"facts": {"filtered": false}})
	denied(whole, capped) == {"filter_missing"}
	free := object.union(capped, {"security": {"guards": {"export": {"filter_required": []}}}})
	denied(whole, free) == set()
}

test_single_records_count_as_one_row if {
	single := object.union(fixture.set_guard("export", guard), {"tools": {"get_vendors_list": {"facts": []}}})
	denied(listing(null, 4999), single) == set()
	denied(listing(null, 5000), single) == {"rows_today_above_cap"}
}

test_other_entities_are_not_counted if {
	uncounted := object.union(capped, {"security": {"guards": {"export": {"entities": ["customer"]}}}})
	denied(listing(500, 90000), uncounted) == set()
}

test_writing_is_not_counted if {
	writing := fixture.does("update_vendor", "write", {"history": {"rows_today": 90000}})
	denied(writing, capped) == set()
}

test_it_can_be_switched_off if {
	call := object.union(listing(9000, 90000), {"facts": {"filtered": false}})
	denied(call, object.union(fixture.config, paged)) == set()
	denied(listing(null, 0), object.union(fixture.config, paged)) == set()
}

# Rego compares across types: true is before every number.
test_what_is_no_number_is_not_below_the_cap if "rows_above_cap" in denied(listing(true, 0), capped)
