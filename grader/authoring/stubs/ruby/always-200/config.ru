# frozen_string_literal: true

# Answers 200 with an empty object to everything.
run ->(_env) { [200, { "content-type" => "application/json" }, ["{}"]] }
