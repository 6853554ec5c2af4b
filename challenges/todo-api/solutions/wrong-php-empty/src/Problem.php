<?php

declare(strict_types=1);

namespace TodoApi;

/** Ends a request with an error. */
final class Problem extends \Exception
{
    /**
     * @param array<string, string> $headers
     * @param array<string, string> $fields
     */
    private function __construct(
        private readonly int $status,
        private readonly string $errorCode,
        string $message,
        private readonly array $headers = [],
        private readonly array $fields = [],
    ) {
        parent::__construct($message);
    }

    public static function malformed(): self
    {
        return new self(400, 'malformed', 'The body must be a JSON object in UTF-8.');
    }

    public static function notFound(): self
    {
        return new self(404, 'not_found', 'There is no such to-do, or no such path.');
    }

    public static function methodNotAllowed(string ...$allowed): self
    {
        $message = 'This path does not know this method.';
        return new self(405, 'method_not_allowed', $message, ['Allow' => implode(', ', $allowed)]);
    }

    public static function unsupportedMediaType(): self
    {
        return new self(415, 'unsupported_media_type', 'The content type must be application/json.');
    }

    /** @param array<string, string> $fields name -> what is wrong with its value */
    public static function invalid(array $fields): self
    {
        return new self(422, 'invalid', 'Some values were not accepted.', fields: $fields);
    }

    public static function internal(): self
    {
        return new self(500, 'internal', 'Something went wrong on our side.');
    }

    public function response(): Response
    {
        $error = ['code' => $this->errorCode, 'message' => $this->getMessage()];
        if ($this->fields !== []) {
            $error['fields'] = $this->fields;
        }
        return new Response($this->status, ['error' => $error], $this->headers);
    }
}
