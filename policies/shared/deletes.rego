# METADATA
# title: Agents take records out of use, with a reason; they do not delete, and undo no settlement
package shared.deletes

import data.config.security
import data.config.tools

deny["delete_forbidden"] := "callers of this kind delete nothing and undo no settlement; take the record out of use instead" if not deletes_allowed

deny["reason_missing"] := "taking a record out of use needs a reason that says something" if not reason_given

guard := security.guards.deletes

deletes_allowed if guard == null

# Both the declared effect and the one that the arguments raise it to.
deletes_allowed if {
	input.tool.effect != "delete"
	tools[input.tool.name].effect != "delete"
}

deletes_allowed if input.caller.kind in free_kinds

free_kinds contains kind if {
	some kind in ["agent", "human"]
	not kind in guard.forbidden_to
}

reason_given if guard == null

reason_given if endswith(input.tool.name, "_inactive") == false

# Not every ERP has a tool that takes a reason.
reason_given if count(trim_space(object.get(input.args, "reason", ""))) >= guard.reason_min_length
