# frozen_string_literal: true

port ENV.fetch("PORT", 8000)
threads 5, 5
# Rails knows which methods a path has; Puma would answer 501 to the rarer ones.
supported_http_methods :any
