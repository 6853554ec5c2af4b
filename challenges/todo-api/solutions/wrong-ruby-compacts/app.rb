# frozen_string_literal: true

# A to-do list API: Sinatra and SQLite.

require "json"
require "sinatra/base"

require_relative "lib/rules"
require_relative "lib/todo_store"

# Whatever goes wrong is halted or raised where it is found, and becomes JSON in one place, `error`.
class TodoApi < Sinatra::Base
  CODES = {
    400 => ["malformed", "The body must be a JSON object in UTF-8."],
    404 => ["not_found", "There is no such to-do, or no such path."],
    405 => ["method_not_allowed", "This path does not know this method."],
    415 => ["unsupported_media_type", "The content type must be application/json."],
    422 => ["invalid", "Some values were not accepted."],
    500 => ["internal", "Something went wrong on our side."]
  }.freeze
  METHODS = %w[GET POST PUT PATCH DELETE OPTIONS].freeze

  # Defines the answer to every method that a path does not have.
  def self.allow_only(path, *allowed)
    (METHODS - allowed).each do |method|
      route(method, path) do
        headers "Allow" => ["HEAD", *allowed].join(", ")
        halt 405
      end
    end
  end

  configure do
    set :store, TodoStore.new("todos.db")
    set :show_exceptions, false
    set :raise_errors, false
    enable :dump_errors
  end

  before { content_type :json }

  get "/todos" do
    query = Rules.query(request.GET)
    items, total = store.page(query)
    JSON.generate(items:, total:, limit: query[:limit], offset: query[:offset])
  end

  post "/todos" do
    todo = store.create(Rules.whole(json_object))
    status 201
    headers "Location" => "/todos/#{todo[:id]}"
    JSON.generate(todo)
  end

  get("/todos/:id") { found store.read(id) }
  patch("/todos/:id") { found store.change(id, Rules.changes(json_object).compact) }
  put("/todos/:id") { found store.change(id, Rules.whole(json_object)) }

  delete "/todos/:id" do
    found store.delete(id)
    status 204
    nil
  end

  allow_only "/todos", "GET", "POST"
  allow_only "/todos/:id", "GET", "PATCH", "PUT", "DELETE"

  error(Rules::Invalid) { |invalid| halt 422, problem(422, fields: invalid.fields) }

  # Sinatra's pages for errors are HTML, or empty.
  error(400..599) { problem(response.status) unless response.status == 422 }

  private

  def store = settings.store

  # The id in the path; nil, which no to-do has, if it does not look like one of ours.
  def id = params[:id].match?(/\A[1-9][0-9]{0,17}\z/) ? Integer(params[:id], 10) : nil

  def found(todo)
    halt 404 unless todo
    JSON.generate(todo)
  end

  def json_object
    halt 415 unless request.media_type == "application/json"
    text = request.body.read.force_encoding(Encoding::UTF_8)
    halt 400 unless text.valid_encoding?
    body = JSON.parse(text)
    halt 400 unless body.is_a?(Hash)
    body
  rescue JSON::ParserError
    halt 400
  end

  def problem(status, **details)
    code, message = CODES.fetch(status) { CODES.fetch(status < 500 ? 400 : 500) }
    JSON.generate(error: { code:, message:, **details })
  end
end
