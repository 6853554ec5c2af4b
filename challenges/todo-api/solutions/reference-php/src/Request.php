<?php

declare(strict_types=1);

namespace TodoApi;

/** What a client sent, as far as it matters here. */
final readonly class Request
{
    /** @param array<string, mixed> $query */
    public function __construct(
        public string $method,
        public string $path,
        public array $query,
        public string $contentType,
        public string $body,
    ) {
    }

    public static function fromGlobals(): self
    {
        return new self(
            $_SERVER['REQUEST_METHOD'],
            rawurldecode(explode('?', $_SERVER['REQUEST_URI'], 2)[0]),
            $_GET,
            $_SERVER['CONTENT_TYPE'] ?? $_SERVER['HTTP_CONTENT_TYPE'] ?? '',
            (string) file_get_contents('php://input'),
        );
    }

    /**
     * Returns the object that the body holds.
     *
     * @return array<string, mixed>
     * @throws Problem
     */
    public function json(): array
    {
        if (strtolower(trim(explode(';', $this->contentType)[0])) !== 'application/json') {
            throw Problem::unsupportedMediaType();
        }
        try {
            // as an object, because an empty one and an empty list are both [] as arrays
            $value = json_decode($this->body, flags: JSON_THROW_ON_ERROR);
        } catch (\JsonException) {
            throw Problem::malformed();
        }
        return $value instanceof \stdClass ? get_object_vars($value) : throw Problem::malformed();
    }
}
