# METADATA
# title: How many payments one approval may release
package tryton.batch

deny["batch_too_large"] := "at most 20 payments are approved at once; approve them in parts" if not batch_small

batch_small if input.tool.name != "update_payment_approved"

batch_small if count(input.args.payment_ids) <= 20
