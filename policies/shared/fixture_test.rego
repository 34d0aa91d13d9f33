# What the tests of every package start from: a small configuration and one call that is allowed under it.
package shared.fixture_test

config := {
	"rbac": {
		"roles": {
			"readonly": ["read"],
			"viewer": ["read"],
			"operator": ["read", "write"],
			"admin": ["read", "write", "delete", "admin"],
			"approver": [],
		},
		"callers": {},
		"tools": {
			"create_payment": "write",
			"create_vendor": "write",
			"delete_vendor": "delete",
			"get_vendors_list": "read",
			"update_vendor": "write",
		},
		"alcada": {
			"settle": [
				{"up_to": 100000, "currency": "BRL", "approvers": 0, "roles": [], "when": null},
				{"up_to": 5000000, "currency": "BRL", "approvers": 1, "roles": ["approver"], "when": null},
				{"up_to": 20000000, "currency": "BRL", "approvers": 2, "roles": ["approver", "admin"], "when": null},
			],
			"update": [{"up_to": 300000, "currency": "BRL", "approvers": 0, "roles": [], "when": null}],
		},
		"duties": null,
		"totals": null,
		"counterparty_classes": {},
		"substitutes": {},
		"revoked": {"callers": [], "persons": [], "roles": [], "tools": [], "companies": []},
	},
	"security": {
		"rbac_enabled": true,
		"default_role": "readonly",
		"admin_approval": true,
		"token_rotation_s": 86400,
		"forbidden_effects": ["fiscal"],
		"clear_for": {"name": ["viewer", "operator"], "document": ["admin"]},
		"guards": {
			"bank_freeze": null,
			"deletes": null,
			"period_lock": null,
			"export": null,
			"duplicates": null,
			"hours": null,
		},
	},
	"alerts": {
		"response_time": {"threshold_s": 2},
		"error_rate": {"threshold": 0.05},
		"rate_limit": {"threshold_per_minute": 10},
		"authentication_failures": {"threshold": 5},
		"disk_space": {"threshold": 0.9},
		"policy_expiry": {"threshold_s": 259200},
		"approval_not_executed": {"threshold_s": 1800},
	},
	"tools": {
		"create_payment": {
			"entity": "payment",
			"effect": "settle",
			"money": true,
			"reversible": true,
			"facts": ["amount", "open_amount", "counterparty", "idempotency_key"],
		},
		"create_vendor": {
			"entity": "vendor",
			"effect": "create",
			"money": false,
			"reversible": true,
			"facts": ["idempotency_key"],
		},
		"delete_vendor": {
			"entity": "vendor",
			"effect": "delete",
			"money": false,
			"reversible": false,
			"facts": ["counterparty"],
		},
		"get_vendors_list": {"entity": "vendor", "effect": "read", "money": false, "reversible": true, "facts": []},
		"update_vendor": {
			"entity": "vendor",
			"effect": "update",
			"money": true,
			"reversible": true,
			"facts": ["amount"],
		},
	},
}

# An operator's agent pays a bill of R$ 900,00 in full.
payment := {
	"caller": {
		"id": "agent-1",
		"person": "u17",
		"kind": "agent",
		"roles": ["operator"],
		"company": "12345678000195",
		"token_age_s": 60,
	},
	"tool": {
		"name": "create_payment",
		"entity": "payment",
		"effect": "settle",
		"permission": "write",
		"reversible": true,
		"money": true,
		"sensitive": [],
	},
	"args": {"amount": 900},
	"facts": {
		"amount": 90000,
		"open_amount": 90000,
		"currency": "BRL",
		"counterparty": "9",
		"due_date": null,
		"accrual_date": null,
		"issue_date": null,
		"cost_center": null,
		"bank_change": false,
		"idempotency_key": "PG-1",
		"rows": null,
		"filtered": false,
	},
	"history": {
		"settled_today": 0,
		"settled": {
			"caller": {"day": 0, "window": 0},
			"person": {"day": 0, "window": 0},
			"company": {"day": 0, "window": 0},
			"counterparty": {"day": 0, "window": 0},
		},
		"similar": [],
		"counterparty_touched": [],
		"bank_changed_ms": null,
		"rows_today": 0,
	},
	"time": {"epoch_ms": 1795611600000, "date": "2026-11-25", "weekday": 3, "hour": 10, "zone": "America/Sao_Paulo"},
	"approvals": [],
}

but(changes) := object.union(payment, changes)

no_facts := {"facts": {"amount": null, "open_amount": null, "counterparty": null, "idempotency_key": null}}

# The same caller does something else, of which no facts are known.
does(tool, permission, changes) := object.union(
	object.union(but(no_facts), {"tool": {
		"name": tool,
		"entity": config.tools[tool].entity,
		"effect": config.tools[tool].effect,
		"money": config.tools[tool].money,
		"reversible": config.tools[tool].reversible,
		"permission": permission,
	}}),
	changes,
)

having(roles, call) := object.union(call, {"caller": {"roles": roles}})

set_rbac(changes) := object.union(config, {"rbac": changes})

set_security(changes) := object.union(config, {"security": changes})

# One guard of security.yaml is switched on.
set_guard(name, guard) := set_security({"guards": {name: guard}})
