# METADATA
# title: Refusals by who calls and how much it moves
package bling.rbac

import data.shared.access
import data.shared.alcada
import data.shared.duties
import data.shared.registration
import data.shared.totals

# METADATA
# description: By code. A rule of one's own is a package beside this one with `deny["code"] := "words" if not <rule>`.
deny := object.union_n([access.deny, registration.deny, alcada.deny, totals.deny, duties.deny])
