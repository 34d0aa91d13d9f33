# METADATA
# title: Which personal values the caller does not get to see
package shared.masking

import data.config.security
import data.shared.caller

# METADATA
# description: Every sensitive field of the tool's result whose kind no role of the caller may see clear.
mask contains {"pointer": field.pointer, "kind": field.kind} if {
	some field in input.tool.sensitive
	not field.kind in clear
}

# METADATA
# description: The kinds of personal value that a role of the caller may see, in fields and in texts.
clear contains kind if {
	some kind, roles in security.clear_for
	some role in caller.roles
	role in roles
}
