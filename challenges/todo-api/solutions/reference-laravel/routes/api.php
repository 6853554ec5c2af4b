<?php

use App\Http\Controllers\TodoController;
use Illuminate\Support\Facades\Route;

Route::apiResource('todos', TodoController::class)->except('update');
Route::put('todos/{todo}', [TodoController::class, 'replace'])->name('todos.replace');
Route::patch('todos/{todo}', [TodoController::class, 'update'])->name('todos.update');
