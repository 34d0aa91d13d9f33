package omie_alerts_test

import data.omie
import data.shared.fixture_test as fixture

window := {
	"total": 100,
	"failed": 50,
	"denied": 0,
	"response_time_s": 0.1,
	"rate_limit_hits_per_minute": 0,
	"authentication_failures": 5,
	"disk_used": 0.1,
	"policy_rejected": false,
	"policy_expires_in_s": 2592000,
	"approved_wait_s": 0,
}

test_alerts_come_as_a_list_by_code if {
	alerts := omie.alerts with input as {"window": window} with data.config as fixture.config
	alerts == [
		{"code": "authentication_failures", "message": "one source keeps failing to authenticate"},
		{"code": "error_rate", "message": "too many calls fail"},
	]
}
