# METADATA
# title: What nobody gets, whatever the role
package shared.safety

import data.config.security
import data.config.tools

deny["token_too_old"] := "the token is older than the rotation allows; get a new one" if not token_fresh

deny["effect_forbidden"] := "this effect is not to be had here, whatever the role" if not effect_allowed

token_fresh if input.caller.token_age_s <= security.token_rotation_s

# METADATA
# description: Effects in rising order of consequence.
gravity := {"read": 0, "create": 1, "update": 2, "delete": 3, "settle": 4, "fiscal": 5}

# METADATA
# description: Effects that are not forbidden for everyone.
effects contains effect if {
	some effect, _ in gravity
	not effect in security.forbidden_effects
}

# Both the declared effect and the one that the arguments raise it to.
effect_allowed if {
	input.tool.effect in effects
	tools[input.tool.name].effect in effects
}
