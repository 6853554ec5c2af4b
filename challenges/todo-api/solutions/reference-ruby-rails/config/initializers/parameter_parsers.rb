# frozen_string_literal: true

# Controllers read JSON themselves (see JsonBody): Rails would take an empty body for {} and wrap what is no object.
ActionDispatch::Request.parameter_parsers = {}
