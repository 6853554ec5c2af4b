<?php

namespace App\Http\Requests;

/** A whole to-do: what is left out gets its default. */
class StoreTodoRequest extends UpdateTodoRequest
{
    public function rules(): array
    {
        return ['title' => ['required', 'string', 'max:200']] + parent::rules();
    }
}
