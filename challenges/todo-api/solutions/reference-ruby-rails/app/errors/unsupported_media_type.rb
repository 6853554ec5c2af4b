# frozen_string_literal: true

class UnsupportedMediaType < StandardError
end
