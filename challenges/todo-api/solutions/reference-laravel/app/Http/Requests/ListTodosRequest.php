<?php

namespace App\Http\Requests;

use App\Models\Todo;
use Illuminate\Foundation\Http\FormRequest;
use Illuminate\Validation\Rule;

/** What a list asks for. */
class ListTodosRequest extends FormRequest
{
    private const string DIGITS = 'regex:/^[0-9]+$/D';

    public function rules(): array
    {
        return [
            'done' => ['filled', 'string', 'in:true,false'],
            'q' => ['string'],
            'sort' => ['filled', 'string', Rule::in(array_keys(Todo::ORDERS))],
            'limit' => ['filled', 'string', self::DIGITS, 'numeric', 'between:1,100'],
            'offset' => ['filled', 'string', self::DIGITS],
        ];
    }

    public function validationData(): array
    {
        return $this->query->all();
    }

    public function done(): ?bool
    {
        $done = $this->validated('done');

        return $done === null ? null : $done === 'true';
    }

    public function text(): string
    {
        return $this->validated('q', '');
    }

    public function order(): string
    {
        return Todo::ORDERS[$this->validated('sort', 'id')];
    }

    public function limit(): int
    {
        return (int) $this->validated('limit', 20);
    }

    /** Nothing is stored beyond the largest integer. */
    public function offset(): int
    {
        return (int) min($this->validated('offset', 0), PHP_INT_MAX);
    }
}
