# METADATA
# title: One decision out of reasons, consent and masks
package shared.verdict

import data.shared.access
import data.shared.approval
import data.shared.masking

# METADATA
# description: The decision. Reasons to refuse come first; without one, consent decides.
decision(denials, mask) := {
	"effect": effect(denials),
	"reasons": listed(denials),
	"approval": asked(denials),
	"mask": sort(mask),
	"clear": sort(masking.clear),
	"permission": access.permission,
	"granted": access.permitted,
	"granted_by": access.granted_by,
}

# Whatever goes wrong, the answer is no.
default effect(_) := "deny"

effect(denials) := "allow" if {
	denials == {}
	approval.complete
}

effect(denials) := "require_approval" if {
	denials == {}
	not approval.complete
}

default asked(_) := null

asked(denials) := approval.needed if denials == {}

# METADATA
# description: Reasons by code, as a list in one order.
listed(reasons) := sort([{"code": code, "message": message} | some code, message in reasons])
