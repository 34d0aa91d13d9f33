# METADATA
# title: Who is calling, and what their roles grant
package shared.caller

import data.config.rbac
import data.config.security

# METADATA
# description: >-
#  The roles that count. A token without roles has the default role; while RBAC is switched off everybody has it,
#  whatever the token claims.
roles contains role if {
	security.rbac_enabled
	some role in input.caller.roles
}

roles contains security.default_role if not claims_roles

claims_roles if {
	security.rbac_enabled
	count(input.caller.roles) > 0
}

# METADATA
# description: Every role that counts is defined. An unknown one is refused, not passed over.
roles_known if {
	count(roles) > 0
	every role in roles {
		rbac.roles[role]
	}
}

# METADATA
# description: The permissions that the roles grant together.
grants contains permission if {
	some role in roles
	some permission in rbac.roles[role]
}
