package bling.security_test

import data.bling.security
import data.shared.fixture_test as fixture

test_what_nobody_gets_is_refused if {
	call := fixture.but({"caller": {"token_age_s": 100000}, "tool": {"effect": "fiscal"}})
	codes := object.keys(security.deny) with input as call with data.config as fixture.config
	codes == {"token_too_old", "effect_forbidden"}
}

test_personal_values_are_masked if {
	field := {"pointer": "/document", "kind": "document"}
	call := fixture.but({"tool": {"sensitive": [field]}})
	masked := security.mask with input as call with data.config as fixture.config
	masked == {field}
}
