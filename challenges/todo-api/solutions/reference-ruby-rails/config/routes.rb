# frozen_string_literal: true

Rails.application.routes.draw do
  # Without formats, which would make of /todos/1.5 the to-do 1. What looks like no id of ours is simply not there.
  scope format: false, id: /[1-9][0-9]{0,17}/ do
    put "todos/:id", to: "todos#replace"
    resources :todos, only: %i[index create show update destroy]

    match "todos", via: :all, to: ->(_) { raise MethodNotAllowed, "GET, HEAD, POST" }
    match "todos/:id", via: :all, to: ->(_) { raise MethodNotAllowed, "GET, HEAD, PATCH, PUT, DELETE" }
  end
end
