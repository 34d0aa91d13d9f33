# METADATA
# title: Agents registered in rbac.yaml stay within what is written there; who is not registered is judged by the token
package shared.registration

import data.config.rbac
import data.shared.caller

deny["caller_person_differs"] := "another person answers for this agent" if not person_matches

deny["caller_company_not_registered"] := "this agent may not act for this company" if not company_registered

deny["caller_role_not_registered"] := "this agent may not have this role" if not roles_registered

deny["caller_registration_ended"] := "this agent's registration has ended" if not in_force

# METADATA
# description: Nothing is written about this caller.
unregistered if object.get(rbac.callers, input.caller.id, null) == null

registered := rbac.callers[input.caller.id]

# METADATA
# description: The person who answers in the token is the one written down.
person_matches if unregistered

person_matches if registered.person == input.caller.person

company_registered if unregistered

company_registered if input.caller.company in registered.companies

# METADATA
# description: The roles of the token are among those written down.
roles_registered if unregistered

roles_registered if {
	count(caller.roles) > 0
	every role in caller.roles {
		role in registered.roles
	}
}

in_force if unregistered

in_force if registered.valid_until == null

# Text dates in ISO form sort as dates do; the last day counts.
in_force if {
	is_string(registered.valid_until)
	input.time.date <= registered.valid_until
}
