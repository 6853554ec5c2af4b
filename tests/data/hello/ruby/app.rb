# Says which version answers, for the contract test.
require "sinatra"

set :bind, "0.0.0.0"
set :port, ENV.fetch("PORT")

get "/" do
  content_type :json
  %({"version": "#{RUBY_VERSION}"})
end
