package shared.bank_test

import data.shared.bank
import data.shared.fixture_test as fixture

frozen := fixture.set_guard("bank_freeze", {"approvers": 1, "roles": ["approver"], "hold_ms": 1000})

now := fixture.payment.time.epoch_ms

denied(call, config) := object.keys(found) if {
	found := bank.deny with input as call with data.config as config
}

changed(at) := {"history": {"bank_changed_ms": at}}

test_payments_wait if denied(fixture.but(changed(now - 999)), frozen) == {"bank_data_frozen"}

test_until_the_hold_is_over if denied(fixture.but(changed(now - 1000)), frozen) == set()

test_a_change_in_the_future_holds if denied(fixture.but(changed(now + 5)), frozen) == {"bank_data_frozen"}

test_where_no_change_was_seen_nothing_waits if denied(fixture.payment, frozen) == set()

test_other_calls_do_not_wait if {
	denied(fixture.does("update_vendor", "write", changed(now)), frozen) == set()
}

test_receipts_do_not_wait if {
	receipt := object.union(fixture.but(changed(now)), {"tool": {"entity": "receipt"}})
	denied(receipt, frozen) == set()
}

test_it_can_be_switched_off if denied(fixture.but(changed(now)), fixture.config) == set()
