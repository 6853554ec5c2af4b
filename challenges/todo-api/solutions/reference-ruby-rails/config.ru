# frozen_string_literal: true

require_relative "config/environment"

# Within the executor, so that the connection is given back to the requests.
Rails.application.executor.wrap { ActiveRecord::Tasks::DatabaseTasks.migrate }

run Rails.application
