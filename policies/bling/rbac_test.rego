package bling.rbac_test

import data.bling.rbac
import data.shared.fixture_test as fixture

codes(call, config) := object.keys(found) if {
	found := rbac.deny with input as call with data.config as config
}

test_access_registration_and_amount_all_refuse if {
	registered := fixture.set_rbac({"callers": {"agent-1": {
		"person": "u18",
		"companies": ["12345678000195"],
		"roles": ["viewer", "operator"],
		"valid_until": null,
	}}})
	call := fixture.having(["viewer"], fixture.but({"facts": {"amount": null}}))
	codes(call, registered) == {"permission_missing", "caller_person_differs", "amount_unknown"}
}

test_a_payment_within_the_limit_is_not_refused if codes(fixture.payment, fixture.config) == set()
