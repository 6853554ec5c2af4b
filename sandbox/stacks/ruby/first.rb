# frozen_string_literal: true

# Lets a plain `require` find the gems that were installed for a submission before those of the image, even newer ones.
$LOAD_PATH.unshift(*Dir["/opt/dependencies/gems/*/lib"])
