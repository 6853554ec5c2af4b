# frozen_string_literal: true

require_relative "boot"

# Not "rails/all": there are neither mails nor jobs nor views.
require "rails"
require "active_record/railtie"
require "action_controller/railtie"

# A to-do list API: Rails and SQLite.
module TodoApi
  class Application < Rails::Application
    config.load_defaults 7.2
    config.api_only = true
    config.eager_load = true

    config.logger = ActiveSupport::Logger.new($stdout)
    config.log_level = :warn

    # Nothing is signed or encrypted.
    config.secret_key_base = ENV.fetch("SECRET_KEY_BASE") { SecureRandom.hex(64) }

    # Whatever is raised on the way, in the router too, becomes an answer in one place.
    config.consider_all_requests_local = false
    config.exceptions_app = ->(env) { ExceptionsApp.call(env) }
    config.action_dispatch.ignore_accept_header = true # all is JSON
    config.action_dispatch.log_rescued_responses = false
    config.action_dispatch.rescue_responses.merge!(
      "ActionDispatch::Http::MimeNegotiation::InvalidType" => :unsupported_media_type,
      "ActiveModel::ValidationError" => :unprocessable_entity,
      "MethodNotAllowed" => :method_not_allowed,
      "UnsupportedMediaType" => :unsupported_media_type
    )
  end
end
