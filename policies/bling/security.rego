# METADATA
# title: Refusals and masks whoever calls
package bling.security

import data.shared.guards
import data.shared.masking
import data.shared.safety

# METADATA
# description: By code. A rule of one's own is a package beside this one with `deny["code"] := "words" if not <rule>`.
deny := object.union_n([safety.deny, guards.deny])

# METADATA
# description: Fields of the result that this caller gets masked.
mask := masking.mask
