<?php

namespace App\Http\Middleware;

use Closure;
use Illuminate\Http\Request;
use JsonException;
use stdClass;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpKernel\Exception\BadRequestHttpException;
use Symfony\Component\HttpKernel\Exception\UnsupportedMediaTypeHttpException;

/** Refuses a body that is no JSON object, which Laravel would read as an empty one. */
class RequireJsonObject
{
    public function handle(Request $request, Closure $next): Response
    {
        if ($request->isMethod('POST') || $request->isMethod('PUT') || $request->isMethod('PATCH')) {
            $type = strtolower(trim(explode(';', $request->header('Content-Type', ''))[0]));
            if ($type !== 'application/json') {
                throw new UnsupportedMediaTypeHttpException();
            }
            try {
                $body = json_decode($request->getContent(), flags: JSON_THROW_ON_ERROR);
            } catch (JsonException $error) {
                throw new BadRequestHttpException(previous: $error);
            }
            if (!$body instanceof stdClass) {
                throw new BadRequestHttpException();
            }
        }

        return $next($request);
    }
}
