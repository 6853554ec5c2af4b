# frozen_string_literal: true

# true or false; anything that only resembles them becomes nil.
class StrictBoolean < ActiveModel::Type::Boolean
  def cast(value) = (value if [true, false].include?(value))

  def deserialize(value) = cast_value(value)
end
