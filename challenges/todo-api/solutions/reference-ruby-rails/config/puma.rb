# frozen_string_literal: true

port ENV.fetch("PORT", 8000)
threads 5, 5
