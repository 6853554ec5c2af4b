# Builds gems with RubyGems itself into /tmp/registry, and the index of them that Bundler reads
# (https://guides.rubygems.org/rubygems-org-compact-index-api/).

require "digest"
require "fileutils"
require "rubygems/package"
require "tmpdir"

ROOT = "/tmp/registry"
FileUtils.mkdir_p(["#{ROOT}/gems", "#{ROOT}/info"])

def build(name, version, files, **settings)
  Dir.mktmpdir do |folder|
    Dir.chdir(folder) do
      files.each do |path, content|
        FileUtils.mkdir_p(File.dirname(path))
        File.write(path, content)
      end
      specification = Gem::Specification.new(name, version) do |spec|
        spec.summary, spec.authors, spec.files = name, ["nobody"], files.keys
        (settings.delete(:needs) || {}).each { |other, requirement| spec.add_dependency(other, requirement) }
        settings.each { |key, value| spec.public_send("#{key}=", value) }
      end
      package = Gem::Package.build(specification, true)
      FileUtils.mv(package, "#{ROOT}/gems/")
      [specification, Digest::SHA256.file("#{ROOT}/gems/#{package}").hexdigest]
    end
  end
end

ran = %(File.write("/opt/dependencies/ran", "x"); puts "code of a gem ran")
gems = [
  build("inhouse", "1.0.0", { "lib/inhouse.rb" => 'require "helper"; INHOUSE = "1.0.0"' }, needs: { "helper" => "~> 1.0" }),
  build("inhouse", "1.1.0", { "lib/inhouse.rb" => 'require "helper"; INHOUSE = "1.1.0"' }, needs: { "helper" => "~> 1.0" }),
  build("helper", "1.2.0", { "lib/helper.rb" => "HELPER = true" }),
  # older than the one in the image
  build("builder", "1.0.0", { "lib/builder.rb" => 'BUILDER = "1.0.0"' }),
  build("native", "1.0.0", { "lib/native.rb" => "", "ext/extconf.rb" => ran }, extensions: ["ext/extconf.rb"]),
  build("plugged", "1.0.0", { "lib/plugged.rb" => "", "lib/rubygems_plugin.rb" => ran })
]

index = gems.group_by { |spec, _| spec.name }.map do |name, versions|
  lines = versions.map do |spec, digest|
    needs = spec.dependencies.map { |other| "#{other.name}:#{other.requirement.to_s.tr(',', '&')}" }
    "#{spec.version} #{needs.join(',')}|checksum:#{digest}\n"
  end
  File.write("#{ROOT}/info/#{name}", "---\n#{lines.join}")
  "#{name} #{versions.map { |spec, _| spec.version }.join(',')} #{Digest::MD5.file("#{ROOT}/info/#{name}").hexdigest}\n"
end
File.write("#{ROOT}/versions", "created_at: 2026-01-01T00:00:00Z\n---\n#{index.join}")
