<?php

// What `vendor/autoload.php` is to an app that Composer has installed: Debian's Laravel, and the app's own classes as its
// composer.json says (PSR-4 and files).

require_once '/usr/share/php/Illuminate/autoload.php';

(static function (): void {
    $folder = dirname(get_included_files()[0]);
    while (!is_file("$folder/artisan") && $folder !== dirname($folder)) {
        $folder = dirname($folder);
    }
    $manifest = json_decode((string) @file_get_contents("$folder/composer.json"), true);
    $autoload = $manifest['autoload'] ?? ['psr-4' => ['App\\' => 'app/']];
    $folders = $autoload['psr-4'] ?? [];
    spl_autoload_register(static function (string $class) use ($folder, $folders): void {
        foreach ($folders as $prefix => $path) {
            $file = "$folder/" . rtrim($path, '/') . '/' . strtr(substr($class, strlen($prefix)), '\\', '/') . '.php';
            if (str_starts_with($class, $prefix) && is_file($file)) {
                require $file;
                return;
            }
        }
    });
    foreach ($autoload['files'] ?? [] as $file) {
        require_once "$folder/$file";
    }
})();
