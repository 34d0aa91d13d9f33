# METADATA
# title: Whoever entered or changed a party moves no money to it
package shared.duties

import data.config.rbac
import data.config.tools

deny["own_counterparty"] := "you, or another agent of the same person, entered or changed this party not long ago: somebody else has to move money to it" if not separated

separated if rbac.duties == null

separated if moves_no_money

# Removing what was entered pays nobody.
separated if input.tool.effect in {"read", "delete"}

separated if input.facts.counterparty == null

separated if count(own_touches) == 0

moves_no_money if {
	input.tool.effect != "settle"
	tools[input.tool.name].money == false
}

# METADATA
# description: Times at which this caller, or any agent of the same person, created or changed the party.
own_touches := [touch.at_ms |
	some touch in input.history.counterparty_touched
	{touch.by, touch.person} & {input.caller.id, input.caller.person} != set()
	touch.at_ms > input.time.epoch_ms - rbac.duties.window_ms
]
