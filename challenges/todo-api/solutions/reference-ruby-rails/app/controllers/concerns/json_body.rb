# frozen_string_literal: true

# Reads the JSON object that a request has as its body.
module JsonBody
  private

  def json_object
    raise UnsupportedMediaType unless Rack::MediaType.type(request.get_header("CONTENT_TYPE")) == "application/json"

    text = request.raw_post.dup.force_encoding(Encoding::UTF_8)
    body = JSON.parse(text) if text.valid_encoding?
    raise ActionController::BadRequest, "not a JSON object" unless body.is_a?(Hash)

    body
  rescue JSON::ParserError
    raise ActionController::BadRequest, "not JSON"
  end
end
