# frozen_string_literal: true

class CreateTodos < ActiveRecord::Migration[7.2]
  def change
    create_table :todos do |t|
      t.string :title, null: false
      t.text :notes, null: false, default: ""
      t.boolean :done, null: false, default: false
      t.string :due # as text: Ruby's dates before 1582 are of another calendar
    end
  end
end
