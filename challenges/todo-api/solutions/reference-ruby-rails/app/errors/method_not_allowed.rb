# frozen_string_literal: true

# A path does not know the method; the message lists those it knows, as the header Allow does.
class MethodNotAllowed < StandardError
end
