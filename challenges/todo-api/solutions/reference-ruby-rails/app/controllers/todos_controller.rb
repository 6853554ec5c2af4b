# frozen_string_literal: true

class TodosController < ApplicationController
  include JsonBody

  def index
    query = TodoQuery.new(params.permit(:done, :q, :sort, :limit, :offset))
    query.validate!
    render json: { items: query.page, total: query.todos.count, limit: query.limit, offset: query.offset }
  end

  def create
    todo = Todo.create!(fields)
    render json: todo, status: :created, location: todo
  end

  def show
    render json: Todo.find(params[:id])
  end

  def update
    render json: change(fields)
  end

  def replace
    render json: change(Todo.column_defaults.except("id").merge(fields))
  end

  def destroy
    Todo.transaction { Todo.find(params[:id]).destroy! }
    head :no_content
  end

  private

  def fields = json_object.slice("title", "notes", "done", "due")

  # In a transaction, so that no parallel request comes between reading and writing.
  def change(attributes)
    Todo.transaction { Todo.find(params[:id]).tap { |todo| todo.update!(attributes) } }
  end
end
