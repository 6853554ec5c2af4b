puts "breach-#{ENV['AUDIT_MARKER']} ran a gemspec while dependencies were installed"
Gem::Specification.new("hidden", "1.0.0") { |spec| spec.summary = spec.authors = "hidden" }
