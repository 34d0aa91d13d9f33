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
	bank_approved
	repeat_approved
	admin_approved
}

# METADATA
# description: The consent that is still missing, as the whole of what is asked for; null when none is.
needed := {"count": alcada.band.approvers, "roles": sort(alcada.band.roles)} if {
	not amount_approved
} else := {"count": bank.approvers, "roles": sort(bank.roles)} if {
	not bank_approved
} else := {"count": duplicates.approvers, "roles": sort(duplicates.roles)} if {
	not repeat_approved
} else := {"count": 1, "roles": sort(administrators)} if {
	not admin_approved
} else := null

bank := security.guards.bank_freeze

duplicates := security.guards.duplicates

amount_approved if alcada.free

amount_approved if alcada.band.approvers == 0

amount_approved if count(approvers(alcada.band.roles)) >= alcada.band.approvers

# METADATA
# description: A change of a party's bank data is looked at by somebody else.
bank_approved if bank == null

bank_approved if input.facts.bank_change == false

bank_approved if count(approvers(bank.roles)) >= bank.approvers

# METADATA
# description: A call like one of the last days is looked at by somebody else.
repeat_approved if duplicates == null

repeat_approved if count(input.history.similar) == 0

repeat_approved if count(approvers(duplicates.roles)) >= duplicates.approvers

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
	not approval.person in rbac.revoked.persons
	{approval.by, approval.person} & {input.caller.id, input.caller.person} == set()
	some role in acting(approval)
	role in roles
}

# METADATA
# description: The roles of who consented, and those in which they stood in for somebody at that time.
acting(approval) := {role | some role in approval.roles} | {place.role |
	some place in object.get(rbac.substitutes, approval.person, [])
	place.from_ms <= approval.at_ms
	approval.at_ms < place.until_ms
}
