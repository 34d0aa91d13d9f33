# METADATA
# title: How much a call may move, by the bands of rbac.yaml
package shared.alcada

import data.config.rbac
import data.config.tools
import data.shared.caller

deny["amount_unknown"] := "it is not known how much money the call moves" if not amount_known

deny["amount_above_alcada"] := "the amount is above every limit there is for this effect and currency" if not within

deny["open_amount_unknown"] := "it is not known how much is still open" if not open_amount_known

deny["amount_above_open"] := "the amount is above what is still open" if not within_open

deny["counterparty_unknown"] := "it is not known whom the call concerns" if not counterparty_known

deny["idempotency_key_missing"] := "the call needs a reference of its own, so that a repeat is not done twice" if not repeatable

# METADATA
# description: The call is under no limit. What settles always is under one.
free if moves_no_money

free if {
	input.tool.effect != "settle"
	object.get(rbac.alcada, input.tool.effect, null) == null
}

moves_no_money if {
	input.tool.effect != "settle"
	tools[input.tool.name].money == false
}

# METADATA
# description: What the catalogue says is known of every call of this tool.
declared := tools[input.tool.name].facts

# METADATA
# description: The fact bears neither on the effect of this call nor on what its tool declares.
beside(fact) if {
	input.tool.effect != "settle"
	not fact in declared
}

# METADATA
# description: The first band that is meant for the call and holds the amount, in centavos.
band := [candidate |
	some candidate in rbac.alcada[input.tool.effect]
	candidate.currency == input.facts.currency
	0 <= input.facts.amount
	input.facts.amount <= candidate.up_to
	meant(candidate.when)
][0]

meant(when) if when == null

meant(when) if {
	meant_now(when)
	meant_for_roles(when.caller_roles)
	meant_for_class(when.counterparty_class)
	meant_for_center(when.cost_centers)
	within_day(when.day_total)
}

# Text dates in ISO form sort as dates do; null is before every text.
meant_now(when) if {
	when.valid_from <= input.time.date
	ends(when.valid_until)
}

ends(day) if day == null

ends(day) if input.time.date <= day

meant_for_roles(roles) if roles == null

meant_for_roles(roles) if {
	some role in roles
	role in caller.roles
}

meant_for_class(class) if class == null

meant_for_class(class) if class in object.get(rbac.counterparty_classes, input.facts.counterparty, [])

meant_for_center(centers) if centers == null

meant_for_center(centers) if input.facts.cost_center in centers

within_day(total) if total == null

within_day(total) if input.history.settled_today + input.facts.amount <= total

amount_known if {
	free
	beside("amount")
}

amount_known if is_number(input.facts.amount)

within if free

within if band

# An unknown amount is refused as unknown, above.
within if input.facts.amount == null

open_amount_known if beside("open_amount")

open_amount_known if is_number(input.facts.open_amount)

within_open if input.facts.open_amount == null

# null is before every number: an unknown amount is refused as unknown, above.
within_open if input.facts.amount <= input.facts.open_amount

counterparty_known if beside("counterparty")

counterparty_known if is_string(input.facts.counterparty)

repeatable if {
	moves_no_money
	beside("idempotency_key")
}

repeatable if is_string(input.facts.idempotency_key)
