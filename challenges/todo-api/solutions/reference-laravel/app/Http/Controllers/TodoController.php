<?php

namespace App\Http\Controllers;

use App\Http\Requests\ListTodosRequest;
use App\Http\Requests\StoreTodoRequest;
use App\Http\Requests\UpdateTodoRequest;
use App\Http\Resources\TodoResource;
use App\Models\Todo;
use Illuminate\Http\JsonResponse;
use Illuminate\Http\Response;
use Illuminate\Routing\Controller;

class TodoController extends Controller
{
    public function index(ListTodosRequest $request): JsonResponse
    {
        $matching = Todo::query()->matching($request->done(), $request->text());
        $page = $matching->clone()->orderByRaw($request->order())->limit($request->limit())->offset($request->offset());

        return new JsonResponse([
            'items' => TodoResource::collection($page->get()),
            'total' => $matching->count(),
            'limit' => $request->limit(),
            'offset' => $request->offset(),
        ]);
    }

    public function store(StoreTodoRequest $request): JsonResponse
    {
        $todo = Todo::create($request->validated());

        return (new TodoResource($todo))
            ->response()
            ->setStatusCode(201)
            ->header('Location', route('todos.show', $todo, absolute: false));
    }

    public function show(Todo $todo): TodoResource
    {
        return new TodoResource($todo);
    }

    /** Eloquent writes only what differs, so that a parallel request that sets other fields is not undone. */
    public function update(UpdateTodoRequest $request, Todo $todo): TodoResource
    {
        $todo->update($request->validated());

        return new TodoResource($todo->refresh());
    }

    public function replace(StoreTodoRequest $request, Todo $todo): TodoResource
    {
        $todo->update([...(new Todo())->getAttributes(), ...$request->validated()]);

        return new TodoResource($todo->refresh());
    }

    /** One statement tells whether it was this request that deleted it. */
    public function destroy(Todo $todo): Response
    {
        abort_if(Todo::query()->whereKey($todo->getKey())->toBase()->delete() === 0, 404);

        return response()->noContent();
    }
}
