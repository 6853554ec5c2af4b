# frozen_string_literal: true

# A to-do list API: a first request that works. The rest is yours; use another framework if you prefer.

require "json"
require "sinatra"

set :bind, "0.0.0.0"
set :port, ENV.fetch("PORT", 8000)

todos = {} # gone when the process is: the statement asks for more

post "/todos" do
  values = JSON.parse(request.body.read)
  todo = { id: todos.size + 1, title: values["title"], notes: "", done: false, due: nil }
  todos[todo[:id]] = todo
  content_type :json
  status 201
  JSON.generate(todo)
end

get "/todos/:id" do
  halt 501
end

get "/todos" do
  halt 501
end
