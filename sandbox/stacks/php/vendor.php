<?php

// PHP runs this before every script: an app finds what Composer made where it looks for it, unless it brought its own.

if (!file_exists('/app/vendor/autoload.php')) {
    // several processes may do this at a time
    @symlink('/opt/dependencies/vendor', '/app/vendor')
        || @symlink('/opt/dependencies/vendor/autoload.php', '/app/vendor/autoload.php');
}
