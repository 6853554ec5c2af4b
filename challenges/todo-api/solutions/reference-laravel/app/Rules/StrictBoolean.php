<?php

namespace App\Rules;

use Closure;
use Illuminate\Contracts\Validation\ValidationRule;

/** true or false; Laravel's own rule takes 1 and "0" for them. */
class StrictBoolean implements ValidationRule
{
    /** Empty texts and null are looked at, too. */
    public bool $implicit = true;

    public function validate(string $attribute, mixed $value, Closure $fail): void
    {
        if (!is_bool($value)) {
            $fail('must be true or false');
        }
    }
}
