<?php

// Says which version answers, for the contract test.

require __DIR__ . '/../vendor/autoload.php';

header('Content-Type: application/json');
echo json_encode(['version' => Illuminate\Foundation\Application::VERSION]);
