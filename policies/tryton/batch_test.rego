package tryton.batch_test

import data.shared.fixture_test as fixture
import data.tryton.batch
import data.tryton.rbac

approving(count) := fixture.but({
	"tool": {"name": "update_payment_approved"},
	"args": {"payment_ids": array.slice(numbers.range(1, 21), 0, count)},
})

test_twenty_payments_are_approved_at_once if batch.deny == {} with input as approving(20)

test_one_more_is_refused if {
	object.keys(batch.deny) == {"batch_too_large"} with input as approving(21)
	"batch_too_large" in object.keys(rbac.deny) with input as approving(21) with data.config as fixture.config
}

test_a_list_left_out_is_refused if {
	object.keys(batch.deny) == {"batch_too_large"} with input as fixture.but({
		"tool": {"name": "update_payment_approved"},
		"args": {},
	})
}

test_other_tools_have_no_batch if batch.deny == {} with input as fixture.payment
