<?php

declare(strict_types=1);

namespace TodoApi;

/** Answers requests. */
final readonly class Api
{
    public function __construct(private TodoStore $store)
    {
    }

    public function answer(Request $request): Response
    {
        try {
            return $this->dispatch($request);
        } catch (Problem $problem) {
            return $problem->response();
        } catch (\Throwable $error) {
            error_log((string) $error);
            return Problem::internal()->response();
        }
    }

    private function dispatch(Request $request): Response
    {
        if ($request->path === '/todos') {
            return match ($request->method) {
                'GET', 'HEAD' => $this->page($request),
                'POST' => $this->create($request),
                default => throw Problem::methodNotAllowed('GET', 'HEAD', 'POST'),
            };
        }
        if (preg_match('#^/todos/([^/]+)$#D', $request->path, $match)) {
            // what does not look like an id of ours belongs to no to-do
            $id = preg_match('/^[1-9][0-9]{0,17}$/D', $match[1]) ? (int) $match[1] : 0;
            return match ($request->method) {
                'GET', 'HEAD' => self::found($this->store->read($id)),
                'PATCH' => self::found($this->store->change($id, Rules::changes($request->json()))),
                'PUT' => self::found($this->store->change($id, Rules::whole($request->json()))),
                'DELETE' => $this->delete($id),
                default => throw Problem::methodNotAllowed('GET', 'HEAD', 'PATCH', 'PUT', 'DELETE'),
            };
        }
        throw Problem::notFound();
    }

    private function page(Request $request): Response
    {
        $query = Rules::query($request->query);
        [$items, $total] = $this->store->page($query);
        $body = ['items' => $items, 'total' => $total, 'limit' => $query['limit'], 'offset' => $query['offset']];
        return new Response(200, $body);
    }

    private function create(Request $request): Response
    {
        $todo = $this->store->create(Rules::whole($request->json()));
        return new Response(201, $todo, ['Location' => "/todos/{$todo['id']}"]);
    }

    private function delete(int $id): Response
    {
        self::found($this->store->delete($id));
        return new Response(204);
    }

    /** @param array<string, mixed>|null $todo */
    private static function found(?array $todo): Response
    {
        return new Response(200, $todo ?? throw Problem::notFound());
    }
}
