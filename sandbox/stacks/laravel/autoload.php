<?php

// What `vendor/autoload.php` is to an app whose Laravel is Debian's, which brings an autoloader of its own.

require_once '/usr/share/php/Illuminate/autoload.php';
$loader = require '/opt/autoload.php';
// as an app without a composer.json has it
$loader->addPsr4('App\\', '/app/app');

return $loader;
