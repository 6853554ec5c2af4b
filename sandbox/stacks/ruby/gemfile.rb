# frozen_string_literal: true

require "bundler"
require "ripper"

# The gems that a Gemfile names outside of the groups `development` and `test`, read without running it.
class Gemfile
  LEFT_OUT = %w[development test].freeze
  PLATFORM = /\A(ruby|c?ruby_\d+|mri(_\d+)?)\z/
  ELSEWHERE = %w[git github gist bitbucket path source].freeze
  OTHER_FILES = %w[gemspec eval_gemfile plugin].freeze
  WRITTEN_OUT = %i[arg_paren args_add_block array string_literal string_content @tstring_content].freeze
  NAME = /\A[A-Za-z0-9][\w.-]{0,99}\z/

  # [name, Gem::Requirement] of each gem, and a line for each thing that is not a released version by its name.
  attr_reader :gems, :problems

  # Raises `ArgumentError` for what is no Ruby, or no requirement.
  def initialize(text)
    @gems = []
    @problems = []
    tree = Ripper.sexp(text) or raise ArgumentError, "Gemfile cannot be read as Ruby"
    walk(tree, groups: [], platforms: [])
  end

  private

  def walk(node, **context)
    return unless node.is_a?(Array)

    case node
    in [:method_add_block, call, block]
      name, line, arguments = read_call(call)
      context = within(context, name, arguments)
      elsewhere(line, "what is in `#{name}`") if ELSEWHERE.include?(name)
      walk(block, **context)
    in [:command | :method_add_arg | :vcall | :fcall, *]
      name, line, arguments = read_call(node)
      name ? add_call(name, line, arguments, context) : node.each { |child| walk(child, **context) }
    else
      node.each { |child| walk(child, **context) }
    end
  end

  # [name, line, arguments] of a call without a receiver.
  def read_call(node)
    case node
    in [:command, [:@ident, name, [line, _]], arguments] then [name, line, arguments]
    in [:method_add_arg, [:fcall, [:@ident, name, [line, _]]], arguments] then [name, line, arguments]
    in [:vcall | :fcall, [:@ident, name, [line, _]]] then [name, line, []]
    else nil
    end
  end

  def within(context, name, arguments)
    key = { "group" => :groups, "platforms" => :platforms, "platform" => :platforms }[name]
    key ? context.merge(key => context[key] + strings(arguments)) : context
  end

  def add_call(name, line, arguments, context)
    case name
    when "gem" then add_gem(line, arguments, context)
    when "source" then check_source(line, strings(arguments))
    when *OTHER_FILES then @problems << "line #{line}: `#{name}` would read or run another program; name the gems here"
    end
  end

  def add_gem(line, arguments, context)
    options = options_of(arguments)
    name, *requirements = strings(arguments, options: false)
    groups = context[:groups] + options.fetch_values("group", "groups") { [] }.flatten
    platforms = context[:platforms] + options.fetch_values("platform", "platforms") { [] }.flatten
    return if groups.any? && (groups - LEFT_OUT).empty?
    return if platforms.any? && platforms.grep(PLATFORM).empty?
    return elsewhere(line, name) if options.keys.intersect?(ELSEWHERE)
    if !NAME.match?(name) || (kinds(arguments) - WRITTEN_OUT).any?
      return @problems << "line #{line}: the name and the versions of a gem must be written out"
    end

    @gems << [name, Gem::Requirement.new(requirements)]
  end

  def elsewhere(line, name) = @problems << "line #{line}: #{name} comes from elsewhere; name a released version"

  def check_source(line, words)
    return if words.map { |address| address.chomp("/") } == Gem.default_sources.map { |address| address.chomp("/") }

    @problems << "line #{line}: gems come from the registry that is asked here, and from no other source; leave it out"
  end

  # The texts and symbols in a part of the tree; without those of `key: value`.
  def strings(node, options: true)
    return [] unless node.is_a?(Array)
    return [] if !options && node.first == :bare_assoc_hash

    case node
    in [:@tstring_content, text, _] then [text]
    in [:symbol, [_, text, _]] then [text]
    else node.flat_map { |child| strings(child, options:) }
    end
  end

  # What kinds of nodes a part of the tree has; without those of `key: value`.
  def kinds(node)
    case node
    in Symbol then [node]
    in Array then node.first == :bare_assoc_hash ? [] : node.flat_map { |child| kinds(child) }
    else []
    end
  end

  # Key -> the texts and symbols in its value, of `key: value` and `:key => value`.
  def options_of(node)
    return {} unless node.is_a?(Array)

    case node
    in [:assoc_new, [:@label, key, _], value] then { key.delete(":") => strings(value) }
    in [:assoc_new, key, value] then { strings(key).join => strings(value) }
    else node.map { |child| options_of(child) }.reduce({}, :merge)
    end
  end
end

# The versions that a Gemfile.lock names. Where they came from when it was made does not count.
class Lock
  # A line for each gem that is not a released version.
  attr_reader :problems

  # Raises `Bundler::BundlerError` for what is no lock.
  def initialize(text)
    specs = Bundler::LockfileParser.new(text).specs
    strangers = specs.reject do |spec|
      spec.source.instance_of?(Bundler::Source::Rubygems) && Gemfile::NAME.match?(spec.name)
    end
    @specs = specs.to_h { |spec| [spec.name, spec] }
    @problems = strangers.map { |spec| "#{spec.name} comes from elsewhere; name a released version" }
  end

  def version(name) = @specs[name]&.version

  # Returns `gems` and what they depend on, each of its version here; what is not here, or must be another, as it is.
  def pinned(gems)
    queue = gems.dup
    pinned = {}
    while (name, requirement = queue.shift)
      next if pinned.key?(name)

      spec = @specs[name]
      pinned[name] = spec && requirement.satisfied_by?(spec.version) ? Gem::Requirement.new(spec.version) : requirement
      inner = spec&.dependencies || []
      queue.concat(inner.filter_map { |gem| [gem.name, gem.requirement] if @specs.key?(gem.name) })
    end
    pinned.to_a
  end
end
