package shared.safety_test

import data.shared.fixture_test as fixture
import data.shared.safety

denied(call, config) := object.keys(found) if {
	found := safety.deny with input as call with data.config as config
}

test_a_payment_is_safe if denied(fixture.payment, fixture.config) == set()

test_a_token_as_old_as_it_may_be_passes if {
	denied(fixture.but({"caller": {"token_age_s": 86400}}), fixture.config) == set()
}

test_an_older_token_is_refused if {
	denied(fixture.but({"caller": {"token_age_s": 86401}}), fixture.config) == {"token_too_old"}
}

test_an_effect_that_the_arguments_raise_to_a_forbidden_one_is_refused if {
	denied(fixture.but({"tool": {"effect": "fiscal"}}), fixture.config) == {"effect_forbidden"}
}

test_a_declared_effect_that_is_forbidden_is_refused_whatever_it_is_raised_to if {
	forbidden := fixture.set_security({"forbidden_effects": ["settle"]})
	denied(fixture.payment, forbidden) == {"effect_forbidden"}
	denied(fixture.but({"tool": {"effect": "fiscal"}}), forbidden) == {"effect_forbidden"}
}

test_nothing_is_forbidden_where_nothing_is_listed if {
	none := fixture.set_security({"forbidden_effects": []})
	denied(fixture.but({"tool": {"effect": "fiscal"}}), none) == set()
}

test_effects_rise_in_this_order if {
	safety.gravity == {"read": 0, "create": 1, "update": 2, "delete": 3, "settle": 4, "fiscal": 5}
}
