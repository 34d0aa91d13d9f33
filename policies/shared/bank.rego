# METADATA
# title: Payments wait after bank data of their party has changed
package shared.bank

import data.config.security

deny["bank_data_frozen"] := "the bank data of this party changed not long ago: payments to it wait" if not settled_down

guard := security.guards.bank_freeze

settled_down if guard == null

settled_down if input.tool.effect != "settle"

# What comes in goes to an account of one's own.
settled_down if input.tool.entity == "receipt"

settled_down if input.history.bank_changed_ms == null

settled_down if {
	is_number(input.history.bank_changed_ms)
	input.time.epoch_ms - input.history.bank_changed_ms >= guard.hold_ms
}
