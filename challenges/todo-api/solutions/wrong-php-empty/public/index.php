<?php

declare(strict_types=1);

use TodoApi\Api;
use TodoApi\Request;
use TodoApi\TodoStore;

// As in composer.json; with nothing to install there is no need for Composer.
spl_autoload_register(static function (string $class): void {
    require __DIR__ . '/../src/' . substr($class, strlen('TodoApi\\')) . '.php';
});

// A warning is a mistake of ours, and must not end up in the middle of an answer.
set_error_handler(static function (int $level, string $message, string $file, int $line): never {
    throw new ErrorException($message, 0, $level, $file, $line);
});

$api = new Api(new TodoStore(__DIR__ . '/../todos.db'));
$api->answer(Request::fromGlobals())->send();
