# METADATA
# title: What rbac.revoked has stopped for good
package shared.revoked

import data.config.rbac
import data.shared.caller

# METADATA
# description: Neither who calls, nor for which company, nor the tool is stopped.
none if {
	nobody
	not input.caller.company in rbac.revoked.companies
	is_string(input.tool.name)
	not input.tool.name in rbac.revoked.tools
}

# METADATA
# description: Neither the caller, nor the person who answers for it, nor one of its roles is stopped.
nobody if {
	is_string(input.caller.id)
	is_string(input.caller.person)
	is_array(rbac.revoked.callers)
	not input.caller.id in rbac.revoked.callers
	not input.caller.person in rbac.revoked.persons
	count({role | some role in caller.roles; role in rbac.revoked.roles}) == 0
}
