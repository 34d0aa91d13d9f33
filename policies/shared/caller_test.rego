package shared.caller_test

import data.shared.caller
import data.shared.fixture_test as fixture

test_roles_are_those_of_the_token if {
	caller.roles == {"operator"} with input as fixture.payment with data.config as fixture.config
}

test_without_roles_the_default_role_counts if {
	nobody := fixture.having([], fixture.payment)
	caller.roles == {"readonly"} with input as nobody with data.config as fixture.config
	caller.grants == {"read"} with input as nobody with data.config as fixture.config
}

test_with_rbac_off_everybody_has_the_default_role if {
	off := fixture.set_security({"rbac_enabled": false})
	every roles in [["admin"], ["boss"], []] {
		caller.roles == {"readonly"} with input as fixture.having(roles, fixture.payment) with data.config as off
		caller.roles_known with input as fixture.having(roles, fixture.payment) with data.config as off
	}
}

test_roles_grant_together if {
	both := fixture.having(["viewer", "operator"], fixture.payment)
	caller.grants == {"read", "write"} with input as both with data.config as fixture.config
}

test_without_any_role_nothing_is_known if {
	not caller.roles_known with data.shared.caller.roles as set() with data.config as fixture.config
}
