# frozen_string_literal: true

require "date"

# The values that a to-do and a list query may have. Nothing here knows HTTP or the database.
module Rules
  DEFAULTS = { notes: "", done: false, due: nil }.freeze
  ORDERS = %w[id -id due].freeze

  # Some values are not allowed: `fields` says for each of them why.
  class Invalid < StandardError
    attr_reader :fields

    def initialize(fields)
      super("some values are not allowed")
      @fields = fields
    end
  end

  # What a rule raises to refuse a value.
  class Refused < StandardError; end

  module_function

  # All fields of a to-do but its id, for creating and replacing.
  def whole(values) = DEFAULTS.merge(accept(values, FIELDS, required: [:title]))

  # The fields that were sent.
  def changes(values) = accept(values, FIELDS)

  # All parameters of a list.
  def query(values) = { done: nil, q: "", sort: "id", limit: 20, offset: 0 }.merge(accept(values, PARAMETERS))

  # Returns the values that have a rule, as their rules keep them, or raises Invalid with all problems.
  def accept(values, rules, required: [])
    problems = (required - values.keys.map(&:to_sym)).to_h { |name| [name, "is required"] }
    accepted = {}
    rules.each do |name, rule|
      next unless values.key?(name.to_s)

      accepted[name] = rule.call(values[name.to_s])
    rescue Refused => error
      problems[name] = error.message
    end
    raise Invalid, problems if problems.any?

    accepted
  end

  def text(value)
    raise Refused, "must be a string" unless value.is_a?(String)
    raise Refused, "must not hold half a surrogate pair" unless value.valid_encoding?

    value
  end

  def title(value)
    title = text(value).gsub(/\A[[:space:]]+|[[:space:]]+\z/, "")
    raise Refused, "must not be blank" if title.empty?
    raise Refused, "must have at most 200 characters" if title.length > 200

    title
  end

  def notes(value)
    raise Refused, "must have at most 2000 characters" if text(value).length > 2000

    value
  end

  def done(value)
    raise Refused, "must be true or false" unless [true, false].include?(value)

    value
  end

  def due(value)
    return if value.nil?

    year, month, day = value.match(/\A(\d{4})-(\d{2})-(\d{2})\z/)&.captures&.map(&:to_i) if value.is_a?(String)
    # without the year of the calendar's reform, in which ten days are missing
    return value if year&.positive? && Date.valid_date?(year, month, day, Date::GREGORIAN)

    raise Refused, "must be null or a date that exists, written YYYY-MM-DD"
  end

  def integer(range)
    lambda do |text|
      number = Integer(text, 10) if text.to_s.match?(/\A[0-9]+\z/)
      raise Refused, "must be an integer in #{range}" unless number && range.cover?(number)

      number
    end
  end

  def one_of(choices)
    ->(text) { choices.fetch(text) { raise Refused, "must be one of: #{choices.keys.join(', ')}" } }
  end

  FIELDS = { title: method(:title), notes: method(:notes), done: method(:done), due: method(:due) }.freeze
  PARAMETERS = {
    done: one_of("true" => true, "false" => false),
    q: method(:text),
    sort: one_of(ORDERS.to_h { |name| [name, name] }),
    limit: integer(1..100),
    offset: integer(0..)
  }.freeze
end
