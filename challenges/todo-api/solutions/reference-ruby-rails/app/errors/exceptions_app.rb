# frozen_string_literal: true

# Answers in JSON for an exception; Rails calls it with the status as the path. No controller, since a request whose
# parameters cannot be read would fail in there again.
class ExceptionsApp
  PROBLEMS = {
    400 => ["malformed", "The request cannot be read; its body must be a JSON object in UTF-8."],
    404 => ["not_found", "There is no such to-do, or no such path."],
    405 => ["method_not_allowed", "This path does not know this method."],
    415 => ["unsupported_media_type", "The content type must be application/json."],
    422 => ["invalid", "Some values were not accepted."],
    500 => ["internal", "Something went wrong on our side."]
  }.freeze

  def self.call(env) = new(env).answer

  def initialize(env)
    @status = env["PATH_INFO"].delete_prefix("/").to_i
    @exception = env["action_dispatch.exception"]
  end

  def answer
    code, message = PROBLEMS.fetch(@status) { PROBLEMS.fetch(@status < 500 ? 400 : 500) }
    [@status, headers, [{ error: { code:, message:, fields: }.compact }.to_json]]
  end

  private

  def headers
    headers = { "content-type" => "application/json" }
    headers["allow"] = @exception.message if @exception.is_a?(MethodNotAllowed)
    headers
  end

  # For each refused value the first thing that is wrong with it.
  def fields
    case @exception
    when ActiveRecord::RecordInvalid then @exception.record.errors
    when ActiveModel::ValidationError then @exception.model.errors
    end&.to_hash&.transform_values(&:first)
  end
end
