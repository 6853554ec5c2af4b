<?php

// Does what `vendor/autoload.php` does in an app that Composer has installed: loads the packages, here those that the
// dependency step installed, and the app's own classes as its composer.json says (PSR-4, PSR-0 and files).

return (static function (): Composer\Autoload\ClassLoader {
    if (is_file('/opt/dependencies/vendor/packages.php')) {
        $loader = require '/opt/dependencies/vendor/packages.php';
    } else {
        require_once '/usr/share/php/Composer/Autoload/ClassLoader.php';
        $loader = new Composer\Autoload\ClassLoader();
        $loader->register(true);
    }
    $manifest = json_decode((string) @file_get_contents('/app/composer.json'), true);
    $autoload = $manifest['autoload'] ?? [];
    $inApp = static fn (string|array $paths): array => preg_replace('#^#', '/app/', (array) $paths);
    foreach ($autoload['psr-4'] ?? [] as $prefix => $paths) {
        $loader->addPsr4($prefix, $inApp($paths));
    }
    foreach ($autoload['psr-0'] ?? [] as $prefix => $paths) {
        $loader->add($prefix, $inApp($paths));
    }
    foreach ($inApp($autoload['files'] ?? []) as $file) {
        require_once $file;
    }
    return $loader;
})();
