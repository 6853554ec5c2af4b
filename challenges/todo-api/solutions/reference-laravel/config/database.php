<?php

return [
    'default' => 'sqlite',
    'connections' => [
        'sqlite' => [
            'driver' => 'sqlite',
            'database' => base_path('todos.db'),
            'prefix' => '',
            // several workers write to the file: each waits for its turn
            'options' => [PDO::ATTR_TIMEOUT => 2],
        ],
    ],
    'migrations' => 'migrations',
];
