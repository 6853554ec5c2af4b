# frozen_string_literal: true

# What a client may ask of the list.
class TodoQuery
  include ActiveModel::API
  include ActiveModel::Attributes

  LARGEST_OFFSET = (2**63) - 1

  attribute :done, :string
  attribute :q, :string, default: ""
  attribute :sort, :string, default: "id"
  attribute :limit, :integer, default: 20
  attribute :offset, :big_integer, default: 0

  validates :done, inclusion: { in: %w[true false] }, allow_nil: true
  validates :sort, inclusion: { in: Todo::ORDERS.keys }
  validates :limit, numericality: { only_integer: true, in: 1..100 }
  validates :offset, numericality: { only_integer: true, greater_than_or_equal_to: 0 }

  # All to-dos that match.
  def todos
    todos = Todo.titled(q.to_s)
    done ? todos.where(done: done == "true") : todos
  end

  # Those of the page that is wanted.
  def page
    todos.order(*Todo::ORDERS.fetch(sort)).limit(limit).offset([offset, LARGEST_OFFSET].min)
  end
end
