# frozen_string_literal: true

class Todo < ApplicationRecord
  ORDERS = {
    "id" => [:id],
    "-id" => [{ id: :desc }],
    "due" => [arel_table[:due].asc.nulls_last, :id]
  }.freeze

  # Active Record's own types would turn 5 into "5" and "yes" into true.
  attribute :title, StrictString.new
  attribute :notes, StrictString.new
  attribute :done, StrictBoolean.new
  attribute :due, CalendarDate.new

  normalizes :title, with: ->(title) { title.gsub(/\A[[:space:]]+|[[:space:]]+\z/, "") }

  validates :title, presence: true, length: { maximum: 200 }
  validates :notes, length: { maximum: 2000 }, exclusion: { in: [nil], message: "must be a string" }
  validates :done, inclusion: { in: [true, false], message: "must be true or false" }
  validate :due_must_be_a_date

  # instr() knows no wildcards, and SQLite's lower() folds A to Z only. The text is bound, because a statement ends at
  # its first U+0000.
  scope :titled, lambda { |text|
    bound = Arel::Nodes::BindParam.new(ActiveModel::Attribute.with_cast_value("q", text, StrictString.new))
    where(Arel::Nodes::NamedFunction.new("instr", [arel_table[:title].lower, Arel::Nodes::NamedFunction.new("lower", [bound])]).gt(0))
  }

  private

  def due_must_be_a_date
    return if due || due_before_type_cast.nil?

    errors.add(:due, "must be null or a date that exists, written YYYY-MM-DD")
  end
end
