<?php

namespace App\Http\Requests;

use App\Rules\CalendarDate;
use App\Rules\StrictBoolean;
use Illuminate\Foundation\Http\FormRequest;

/** The fields that a client changes. */
class UpdateTodoRequest extends FormRequest
{
    public function rules(): array
    {
        return [
            'title' => ['sometimes', 'required', 'string', 'max:200'],
            'notes' => ['string', 'max:2000'],
            'done' => ['sometimes', new StrictBoolean()],
            'due' => ['sometimes', new CalendarDate()],
        ];
    }

    public function validationData(): array
    {
        $body = $this->json()->all();
        if (is_string($body['title'] ?? null)) {
            $body['title'] = mb_trim($body['title']);
        }

        return $body;
    }
}
