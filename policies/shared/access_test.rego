package shared.access_test

import data.shared.access
import data.shared.fixture_test as fixture

denied(call) := object.keys(found) if {
	found := access.deny with input as call with data.config as fixture.config
}

test_a_known_tool_with_its_permission_is_not_refused if denied(fixture.payment) == set()

test_a_call_without_a_company_is_refused if {
	denied(fixture.but({"caller": {"company": null}})) == {"company_missing"}
}

test_a_role_nobody_defined_is_refused_even_beside_a_good_one if {
	denied(fixture.having(["operator", "boss"], fixture.payment)) == {"role_unknown"}
}

test_a_tool_outside_the_catalogue_is_refused if {
	denied(fixture.but({"tool": {"name": "drop_table"}})) == {"tool_unknown", "permission_missing"}
}

test_a_tool_that_is_not_as_the_catalogue_says_is_refused if {
	every change in [{"entity": "vendor"}, {"money": false}, {"reversible": false}, {"effect": "delete"}] {
		denied(fixture.but({"tool": change})) == {"tool_unknown"}
	}
}

test_arguments_may_raise_the_effect if {
	denied(fixture.does("create_vendor", "write", {"tool": {"effect": "settle"}})) == set()
}

test_viewers_write_nothing if denied(fixture.having(["viewer"], fixture.payment)) == {"permission_missing"}

test_approvers_do_nothing if {
	denied(fixture.having(["approver"], fixture.does("get_vendors_list", "read", {}))) == {"permission_missing"}
}

test_operators_delete_nothing if denied(fixture.does("delete_vendor", "delete", {})) == {"permission_missing"}

test_admins_delete if denied(fixture.having(["admin"], fixture.does("delete_vendor", "delete", {}))) == set()

test_the_permission_is_the_stricter_of_the_effects_and_the_yaml if {
	stricter := fixture.set_rbac({"tools": {"create_payment": "admin"}})
	access.permission == "admin" with input as fixture.payment with data.config as stricter
	access.permitted == false with input as fixture.payment with data.config as stricter
	between := fixture.set_rbac({"tools": {"create_payment": "delete"}})
	access.permission == "delete" with input as fixture.payment with data.config as between
	raised := fixture.but({"tool": {"permission": "admin"}})
	access.permission == "admin" with input as raised with data.config as fixture.config
	access.permission == "write" with input as fixture.payment with data.config as fixture.config
}

test_of_an_unknown_tool_the_strictest_permission_is_asked if {
	unknown := fixture.but({"tool": {"name": "drop_table"}})
	access.permission == "admin" with input as unknown with data.config as fixture.config
}

seen(roles) := names if {
	names := access.visible with input as fixture.having(roles, fixture.payment) with data.config as fixture.config
}

test_each_role_sees_what_it_can_do if {
	seen(["viewer"]) == ["get_vendors_list"]
	seen(["operator"]) == ["create_payment", "create_vendor", "get_vendors_list", "update_vendor"]
	seen(["admin"]) == ["create_payment", "create_vendor", "delete_vendor", "get_vendors_list", "update_vendor"]
	seen(["approver"]) == []
	seen([]) == ["get_vendors_list"]
}

test_who_has_an_unknown_role_sees_nothing if seen(["operator", "boss"]) == []

test_tools_with_a_forbidden_effect_are_not_seen if {
	forbidden := fixture.set_security({"forbidden_effects": ["settle"]})
	names := access.visible with input as fixture.payment with data.config as forbidden
	names == ["create_vendor", "get_vendors_list", "update_vendor"]
}

test_permissions_rise_in_this_order if access.strictness == {"read": 0, "write": 1, "delete": 2, "admin": 3}
