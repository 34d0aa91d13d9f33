# METADATA
# title: Whose consent a call needs, and whether it has it
package shared.approval

import data.config.rbac
import data.config.security
import data.shared.access
import data.shared.alcada

# METADATA
# description: Everybody whose consent is needed has given it.
default complete := false

complete if {
	amount_approved
	admin_approved
}

# METADATA
# description: The consent that is still missing, as the whole of what is asked for; null when none is.
needed := {"count": alcada.band.approvers, "roles": sort(alcada.band.roles)} if {
	not amount_approved
} else := {"count": 1, "roles": sort(administrators)} if {
	not admin_approved
} else := null

amount_approved if alcada.free

amount_approved if count(approvers(alcada.band.roles)) >= alcada.band.approvers

admin_approved if access.permission in {"read", "write", "delete"}

admin_approved if security.admin_approval == false

admin_approved if count(approvers(administrators)) >= 1

administrators contains role if {
	some role, permissions in rbac.roles
	"admin" in permissions
}

# Persons, so that all agents of one person count once; nobody consents to what they ask for themselves.
approvers(roles) := {approval.person |
	some approval in input.approvals
	{approval.by, approval.person} & {input.caller.id, input.caller.person} == set()
	some role in approval.roles
	role in roles
}
