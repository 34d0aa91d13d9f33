# METADATA
# title: Whether this caller may use this tool at all
package shared.access

import data.config.rbac
import data.config.tools
import data.shared.caller
import data.shared.revoked
import data.shared.safety

deny["company_missing"] := "the call is not bound to a company" if not company_named

deny["role_unknown"] := "a role of the caller is not defined" if not caller.roles_known

deny["tool_unknown"] := "the tool is not in the catalogue" if not tool_known

deny["permission_missing"] := "no role of the caller grants this permission" if not permitted

deny["revoked"] := "stopped for good by the policy" if not revoked.none

company_named if is_string(input.caller.company)

# METADATA
# description: The tool is the catalogue's, and the call's effect is the declared one or a graver one.
tool_known if {
	tool := tools[input.tool.name]
	tool.entity == input.tool.entity
	tool.money == input.tool.money
	tool.reversible == input.tool.reversible
	safety.gravity[input.tool.effect] >= safety.gravity[tool.effect]
}

strictness := {"read": 0, "write": 1, "delete": 2, "admin": 3}

# METADATA
# description: >-
#  The permission the call asks for: what its effect asks for, or what rbac.yaml asks of the tool if that is
#  stricter. Of what is not known, the strictest.
default permission := "admin"

permission := asked if {
	some asked, rank in strictness
	rank == max([strictness[input.tool.permission], strictness[rbac.tools[input.tool.name]]])
}

# METADATA
# description: The roles of the caller that grant what the call asks for. The ledger keeps them; without one it is DENIED.
granted_by := sort([role |
	some role in caller.roles
	permission in rbac.roles[role]
])

# METADATA
# description: A role of the caller grants what the call asks for. Written into the ledger as GRANTED or DENIED.
default permitted := false

permitted if permission in caller.grants

# METADATA
# description: Tools of which some call can be allowed or approved, by name and sorted.
default visible := []

visible := sort([name |
	some name, tool in tools
	rbac.tools[name] in caller.grants
	tool.effect in safety.effects
	not name in rbac.revoked.tools
]) if {
	caller.roles_known
	revoked.nobody
}
