<?php

// Answers 200 with an empty object to everything.

header('Content-Type: application/json');
echo '{}';
