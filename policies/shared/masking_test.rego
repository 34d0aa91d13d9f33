package shared.masking_test

import data.shared.fixture_test as fixture
import data.shared.masking

fields := [
	{"pointer": "/*/name", "kind": "name"},
	{"pointer": "/*/document", "kind": "document"},
	{"pointer": "/*/bank/pix_key", "kind": "pix"},
]

masked(roles) := {field.kind | some field in fields_masked(roles)}

fields_masked(roles) := found if {
	call := fixture.having(roles, fixture.but({"tool": {"sensitive": fields}}))
	found := masking.mask with input as call with data.config as fixture.config
}

test_each_role_sees_its_kinds if {
	masked(["operator"]) == {"document", "pix"}
	masked(["admin"]) == {"name", "pix"}
	masked(["viewer", "admin"]) == {"pix"}
	masked([]) == {"name", "document", "pix"}
}

test_a_mask_says_where_and_what if {
	fields_masked(["viewer", "admin"]) == {{"pointer": "/*/bank/pix_key", "kind": "pix"}}
}
