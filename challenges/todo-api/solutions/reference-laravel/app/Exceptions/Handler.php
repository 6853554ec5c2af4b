<?php

namespace App\Exceptions;

use Illuminate\Foundation\Exceptions\Handler as ExceptionHandler;
use Illuminate\Http\JsonResponse;
use Illuminate\Validation\ValidationException;
use Symfony\Component\HttpKernel\Exception\HttpExceptionInterface;
use Throwable;

class Handler extends ExceptionHandler
{
    private const array PROBLEMS = [
        400 => ['malformed', 'The body must be a JSON object in UTF-8.'],
        404 => ['not_found', 'There is no such to-do, or no such path.'],
        405 => ['method_not_allowed', 'This path does not know this method.'],
        415 => ['unsupported_media_type', 'The content type must be application/json.'],
        422 => ['invalid', 'Some values were not accepted.'],
        500 => ['internal', 'Something went wrong on our side.'],
    ];

    /** Answers every error in the one shape that clients know. */
    public function render($request, Throwable $e): JsonResponse
    {
        $error = $this->prepareException($this->mapException($e));

        return match (true) {
            $error instanceof ValidationException => $this->problem(422, [
                'fields' => array_map(static fn (array $messages): string => implode(' ', $messages), $error->errors()),
            ]),
            $error instanceof HttpExceptionInterface => $this->problem(
                $error->getStatusCode(),
                headers: $error->getHeaders(),
            ),
            default => $this->problem(500),
        };
    }

    private function problem(int $status, array $details = [], array $headers = []): JsonResponse
    {
        [$code, $message] = self::PROBLEMS[$status] ?? self::PROBLEMS[$status < 500 ? 400 : 500];

        return new JsonResponse(['error' => ['code' => $code, 'message' => $message, ...$details]], $status, $headers);
    }
}
