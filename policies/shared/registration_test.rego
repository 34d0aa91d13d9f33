package shared.registration_test

import data.shared.fixture_test as fixture
import data.shared.registration

registered(changes) := fixture.set_rbac({"callers": {"agent-1": object.union(
	{"person": "u17", "companies": ["12345678000195"], "roles": ["operator"], "valid_until": null},
	changes,
)}})

denied(config) := object.keys(found) if {
	found := registration.deny with input as fixture.payment with data.config as config
}

test_who_is_not_registered_is_judged_by_the_token if denied(fixture.config) == set()

test_a_registered_agent_within_its_bounds_passes if denied(registered({})) == set()

test_another_persons_agent_is_refused if denied(registered({"person": "u18"})) == {"caller_person_differs"}

test_another_company_is_refused if {
	denied(registered({"companies": ["12ABC34501DE35"]})) == {"caller_company_not_registered"}
}

test_a_role_that_was_not_written_down_is_refused if {
	denied(registered({"roles": ["viewer"]})) == {"caller_role_not_registered"}
}

test_the_last_day_counts if denied(registered({"valid_until": "2026-11-25"})) == set()

test_the_day_after_does_not if denied(registered({"valid_until": "2026-11-24"})) == {"caller_registration_ended"}

# Rego compares across types: a list is after every text.
test_what_is_no_day_ends_the_registration if denied(registered({"valid_until": []})) == {"caller_registration_ended"}
