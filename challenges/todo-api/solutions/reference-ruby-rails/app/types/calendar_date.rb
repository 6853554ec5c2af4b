# frozen_string_literal: true

# A date that exists, written YYYY-MM-DD, from the year 0001 on; anything else becomes nil.
class CalendarDate < ActiveModel::Type::String
  FORM = /\A(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})\z/

  def cast(value)
    year, month, day = value.match(FORM)&.captures&.map(&:to_i) if value.is_a?(::String) && value.valid_encoding?
    # without the year of the calendar's reform, in which ten days are missing
    value if year&.positive? && Date.valid_date?(year, month, day, Date::GREGORIAN)
  end
end
