"""The field's tables and arithmetic as pure functions: no I/O, no clock, nothing imported but the standard library."""
