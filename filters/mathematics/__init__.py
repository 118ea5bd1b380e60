"""Whether two mathematical answers are the same: what `verify` climbs, rung by rung."""
