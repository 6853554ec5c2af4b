<?php

// A to-do list API: a first request that works. The rest is yours; a migration in database/migrations is run at the start.

use Illuminate\Http\Request;
use Illuminate\Support\Facades\Route;

Route::post('todos', function (Request $request) {
    // always 1, since nothing is stored: the statement asks for more
    $todo = ['id' => 1, 'title' => $request->input('title'), 'notes' => '', 'done' => false, 'due' => null];

    return response()->json($todo, 201);
});

Route::get('todos', fn () => abort(501));

Route::get('todos/{id}', fn () => abort(501));
