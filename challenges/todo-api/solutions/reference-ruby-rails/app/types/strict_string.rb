# frozen_string_literal: true

# Text as it was sent; anything else, half a surrogate pair included, becomes nil.
class StrictString < ActiveModel::Type::String
  def cast(value) = (value if value.is_a?(::String) && value.valid_encoding?)
end
