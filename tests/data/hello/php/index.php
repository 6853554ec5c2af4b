<?php
// Says which version answers, for the contract test.
header('Content-Type: application/json');
echo json_encode(['version' => PHP_VERSION]);
