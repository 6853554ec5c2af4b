<?php

// A to-do list API: a first request that works. The rest is yours.

declare(strict_types=1);

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);

if ($_SERVER['REQUEST_METHOD'] === 'POST' && $path === '/todos') {
    $body = json_decode(file_get_contents('php://input'), true);
    // always 1, since a script remembers nothing: the statement asks for more
    $todo = ['id' => 1, 'title' => $body['title'], 'notes' => '', 'done' => false, 'due' => null];
    http_response_code(201);
    header('Content-Type: application/json');
    echo json_encode($todo);
} else {
    http_response_code(501);
}
