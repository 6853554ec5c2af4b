<?php

declare(strict_types=1);

namespace TodoApi;

/** What a request is answered with; without a body if that is null. */
final readonly class Response
{
    /** @param array<string, string> $headers */
    public function __construct(public int $status, public mixed $body = null, public array $headers = [])
    {
    }

    public function send(): void
    {
        http_response_code($this->status);
        foreach ($this->headers as $name => $value) {
            header("$name: $value");
        }
        if ($this->body === null) {
            header_remove('Content-Type');
            return;
        }
        header('Content-Type: application/json');
        echo json_encode($this->body, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
    }
}
